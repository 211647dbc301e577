import type { Contract, Environment } from "../../contract/contract.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { audit } from "../rules/static/audit.ts";
import type { Audit } from "../rules/static/audit.ts";
import { STATIC_RULES } from "../rules/static/index.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import type { PipelineInput, Source } from "./input.ts";

type ModelSource = Extract<Source, { kind: "model" }>;

export interface AuditedStack {
  readonly graph: ResourceGraph;
  readonly edges: readonly EdgeModel[];
  readonly declared?: { readonly contract: Contract; readonly environment: Environment };
}

/** Every static rule over every stack. */
export function auditStacks(stacks: readonly AuditedStack[]): Audit {
  const audits = stacks.map((stack) => audit(STATIC_RULES, stack));
  return {
    findings: audits.flatMap(({ findings }) => findings),
    undecided: audits.flatMap(({ undecided }) => undecided),
  };
}

/** The static rules over the stack of each environment. */
export function auditEnvironments(
  { stacks, graphs }: Pick<ModelSource, "stacks" | "graphs">,
  { contract, environments }: Pick<PipelineInput, "contract" | "environments">,
): Audit {
  return auditStacks(
    environments.flatMap((environment) => {
      const name = stacks.has(environment.id) ? environment.id : [...stacks.keys()][0]!;
      const graph = graphs.get(name);
      const declared = { contract, environment };
      return graph === undefined ? [] : [{ graph, edges: stacks.get(name) ?? [], declared }];
    }),
  );
}
