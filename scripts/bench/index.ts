import { writeFileSync } from "node:fs";
import { runSuite } from "./measure.ts";
import type { Suite, SuiteResult } from "./measure.ts";
import { cliSuite } from "./suites/cli.ts";
import { gateSuite } from "./suites/gate.ts";
import { proberSuite } from "./suites/prober.ts";
import { synthSuite } from "./suites/synth.ts";
import { renderSuite } from "./table.ts";

/** `npm run bench [-- SUITE…] [--json FILE]`: ratios against peers, in one interleaved run each. */
const SUITES: Readonly<Record<string, () => Suite | Promise<Suite>>> = {
  synth: synthSuite,
  cli: cliSuite,
  gate: gateSuite,
  prober: proberSuite,
};

const given = process.argv.slice(2);
const jsonAt = given.indexOf("--json");
const file = jsonAt === -1 ? undefined : given.splice(jsonAt, 2)[1];
const unknown = given.filter((name) => !Object.hasOwn(SUITES, name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(", ")}; there are ${Object.keys(SUITES).join(", ")}`);
  process.exit(2);
}
const results: SuiteResult[] = [];
for (const name of given.length > 0 ? given : Object.keys(SUITES)) {
  const result = await runSuite(await SUITES[name]!());
  results.push(result);
  console.log(renderSuite(result));
}
if (file !== undefined) writeFileSync(file, `${JSON.stringify({ schema: "headgate-bench/1", results }, null, 2)}\n`);
// A restless machine proves nothing, in either direction.
process.exitCode = results.every(({ control }) => control.holds) ? 0 : 3;
