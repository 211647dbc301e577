import type { Contract, Environment } from "../../../contract/contract.ts";
import type { Change, Finding, FoundBy, Option, Severity } from "../../facts/finding.ts";
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
  /** Changes of the source after which it is gone, where they are others than the rule's own; `[]`: none here. */
  readonly remedy?: readonly Change[];
  readonly options?: readonly Option[];
  /** What another rule says of a place, without which this would not be; it then counts with that one alone. */
  readonly consequenceOf?: { readonly id: string; readonly where: Provenance };
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
  /**
   * Changes of the source after which a finding is gone, for a remedy that needs no decision: `deletesIt`, or the changes
   * of `remedy.ts`. Deleting where an expression stands is refused later; a rule need not look.
   */
  readonly remedy?: (said: Located) => readonly Change[];
  /** Ways to mend it, the best first, where a person has to choose. */
  readonly options?: readonly Option[];
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
  const remedy = said.remedy ?? rule.remedy?.(said) ?? [];
  const options = said.options ?? rule.options ?? [];
  return {
    id: rule.id,
    severity: said.dependsOn !== undefined && severity === "error" ? "warning" : severity,
    title: said.title,
    where: said.where,
    by: said.by ?? [],
    fix: said.fix ?? rule.fix,
    ...(remedy.length > 0 && { remedy }),
    ...(options.length > 0 && { options }),
    ...(said.consequenceOf !== undefined && { consequenceOf: said.consequenceOf }),
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
