import { mkdirSync, writeFileSync } from "node:fs";
import { contractJsonSchema } from "../contract/schema.ts";
import { deployJsonSchema } from "../probes/report/deploy-schema.ts";
import { driftJsonSchema } from "../probes/report/drift-schema.ts";
import { planJsonSchema } from "../probes/report/plan-schema.ts";
import { reportJsonSchema } from "../probes/report/schema.ts";
import { traceJsonSchema } from "../probes/report/trace-schema.ts";

/** Writes the published JSON Schemas: of the contract, for editors, and of the reports, for their readers. */
mkdirSync("schema", { recursive: true });
for (const [file, schema] of [
  ["schema/headgate.schema.json", contractJsonSchema()],
  ["schema/headgate-report-1.schema.json", reportJsonSchema()],
  ["schema/headgate-trace-1.schema.json", traceJsonSchema()],
  ["schema/headgate-plan-1.schema.json", planJsonSchema()],
  ["schema/headgate-deploy-1.schema.json", deployJsonSchema()],
  ["schema/headgate-drift-1.schema.json", driftJsonSchema()],
] as const) {
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
}
