import { ContractError } from "../../contract/problem.ts";
import type { Contract, Environment } from "../../contract/contract.ts";
import type { FailOn, Finding } from "../facts/finding.ts";
import type { Cell } from "../facts/result.ts";
import type { Baseline } from "../facts/waiver.ts";
import { blocksAt } from "../gate/verdict.ts";
import { OBSERVED_RULES } from "../rules/observed/index.ts";
import type { Audit } from "../rules/static/audit.ts";
import { STATIC_RULES } from "../rules/static/index.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import { applyWaivers } from "../waivers/apply.ts";
import { applyBaseline } from "../waivers/baseline.ts";
import { inlineWaivers } from "../waivers/inline.ts";
import { unknownInContract, unknownInline } from "../waivers/known-rules.ts";
import { contractWaivers } from "../waivers/waiver.ts";

/** Ids of everything that can be waived. */
const WAIVABLE: readonly string[] = [...OBSERVED_RULES, ...STATIC_RULES].map(({ id }) => id);

export interface Acceptance {
  /** Day of the run, `YYYY-MM-DD`. */
  readonly today: string;
  readonly failOn: FailOn;
  readonly baseline?: Baseline | "new";
  /** What was read, for the comments in it. */
  readonly graphs: readonly ResourceGraph[];
  readonly declared?: { readonly contract: Contract; readonly environments: readonly Environment[] };
}

export interface Accepted {
  readonly cells: readonly Cell[];
  readonly findings: readonly Finding[];
}

/** @throws ContractError for a waiver that names no rule. */
export function refuseUnknownRules(contract: Contract): void {
  refuse(unknownInContract(contract, WAIVABLE));
}

/**
 * What was judged, with what somebody accepts marked as such, and each finding that is no pass marked so.
 * @param audit undefined where no static rule ran.
 * @throws ContractError for a comment that waives a rule which does not exist.
 */
export function accept(cells: readonly Cell[], audit: Audit | undefined, acceptance: Acceptance): Accepted {
  const { today, failOn, baseline, graphs, declared } = acceptance;
  const inline = inlineWaivers(graphs.flatMap(({ remarks = [] }) => remarks));
  refuse(unknownInline(inline.waivers, WAIVABLE));
  const waivers = [...(declared === undefined ? [] : contractWaivers(declared.contract)), ...inline.waivers];
  const judged = { cells, findings: audit?.findings ?? [] };
  const waived = applyWaivers(judged, waivers, { today, rules: rulesWithAChance(cells, audit, declared) });
  const findings = applyBaseline([...waived.findings, ...inline.findings], baseline);
  return { cells: waived.cells, findings: findings.map(blocksAt(failOn)) };
}

function refuse(problems: ReturnType<typeof unknownInContract>): void {
  if (problems.length > 0) throw new ContractError(problems);
}

/** A run of some environments, or of some rules, says nothing of waivers that others need. */
function rulesWithAChance(
  cells: readonly Cell[],
  audit: Audit | undefined,
  declared: Acceptance["declared"],
): ReadonlySet<string> {
  const isWhole =
    declared === undefined || declared.environments.length === Object.keys(declared.contract.environments).length;
  if (!isWhole) return new Set();
  const open = new Set(audit?.undecided.map(({ id }) => id));
  const audited = audit === undefined ? [] : STATIC_RULES.map(({ id }) => id).filter((id) => !open.has(id));
  return new Set([...cells.map(({ rule }) => rule), ...audited]);
}
