import type { Contract, Environment } from "../../../contract/contract.ts";
import type { Finding, FoundBy, Severity } from "../../facts/finding.ts";
import type { Provenance, Unknown } from "../../facts/provenance.ts";
import type { EdgeModel } from "../../model/edge-model.ts";
import type { ResourceGraph } from "../../terraform/graph.ts";

/** What a static rule looks at: one root module, the edges that it describes, and the contract where there is one. */
export interface Subject {
  readonly graph: ResourceGraph;
  readonly edges: readonly EdgeModel[];
  readonly declared?: { readonly contract: Contract; readonly environment: Environment };
}

/** What a rule says of one place. `severity` and `fix` only where they differ from the rule's own. */
export interface Located {
  readonly kind: "finding";
  readonly title: string;
  readonly where: Provenance;
  readonly by?: readonly Provenance[];
  readonly severity?: Severity;
  readonly fix?: string;
  readonly dependsOn?: string;
}

/** Findings, and what kept the rule from looking. */
export type Said = Located | Unknown;

export interface StaticRule {
  /** Also the name of its file. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly found: FoundBy;
  /** Why it matters, one sentence. */
  readonly because: string;
  readonly fix: string;
  /** Facts that it rests on. */
  readonly sources: readonly string[];
  readonly check: (subject: Subject) => readonly Said[];
}

/** A rule on a configuration, run once for each root module. */
export function defineStaticRule(rule: StaticRule): StaticRule {
  return rule;
}

export function found(where: Provenance, title: string, more: Partial<Omit<Located, "kind">> = {}): Located {
  return { kind: "finding", where, title, ...more };
}

/** What a rule said of a place, with what the rule says of all. */
export function findingOf(rule: StaticRule, said: Located): Finding {
  const severity = said.severity ?? rule.severity;
  return {
    id: rule.id,
    severity: said.dependsOn !== undefined && severity === "error" ? "warning" : severity,
    title: said.title,
    where: said.where,
    by: said.by ?? [],
    fix: said.fix ?? rule.fix,
    ...(said.dependsOn !== undefined && { dependsOn: said.dependsOn }),
  };
}

/** What is said of each item; what cannot be read is said to be so. */
export function each<Item extends object>(
  items: readonly (Item | Unknown)[],
  say: (item: Item) => readonly Said[],
): Said[] {
  return items.flatMap((item) => (isUnknown(item) ? [item] : [...say(item)]));
}

function isUnknown(item: object): item is Unknown {
  return "kind" in item && item.kind === "unknown" && "reason" in item;
}
