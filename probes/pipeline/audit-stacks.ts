import type { Contract, Environment } from "../../contract/contract.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { audit } from "../rules/static/audit.ts";
import type { Audit } from "../rules/static/audit.ts";
import { STATIC_RULES } from "../rules/static/index.ts";
import type { ResourceGraph } from "../terraform/graph.ts";

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
