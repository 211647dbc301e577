import type { Finding, Undecided } from "../../facts/finding.ts";
import type { Provenance } from "../../facts/provenance.ts";
import { findingOf } from "./define-rule.ts";
import type { StaticRule, Subject } from "./define-rule.ts";

export interface Audit {
  /** By file and line, errors first in a line. */
  readonly findings: readonly Finding[];
  readonly undecided: readonly Undecided[];
}

/** Every rule over one configuration. What a rule says of one line for every instance of a resource is said once. */
export function audit(rules: readonly StaticRule[], subject: Subject): Audit {
  const findings: Finding[] = [];
  const undecided: Undecided[] = [];
  for (const rule of rules)
    for (const said of rule.check(subject)) {
      if (said.kind === "finding") findings.push(findingOf(rule, said));
      else undecided.push({ id: rule.id, reason: said.reason, where: said.by });
    }
  return { findings: linked(distinct(findings)).sort(inFileOrder), undecided: distinct(undecided) };
}

/** A consequence whose cause nobody found is a finding like any other. */
function linked(findings: readonly Finding[]): Finding[] {
  const keys = new Set(findings.map(({ id, where }) => keyOf({ id, where })));
  return findings.map((finding) => {
    const { consequenceOf: cause, ...own } = finding;
    return cause === undefined || keys.has(keyOf(cause)) ? finding : own;
  });
}

const RANK = { error: 0, warning: 1, note: 2 } as const;

function inFileOrder(a: Finding, b: Finding): number {
  const [one, other] = [a.where, b.where];
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line || one.column - other.column || RANK[a.severity] - RANK[b.severity];
}

function distinct<Item extends { readonly id: string; readonly where: Provenance }>(items: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    return seen.size !== seen.add(keyOf(item)).size;
  });
}

function keyOf({ id, where: { file, line, column } }: { readonly id: string; readonly where: Provenance }): string {
  return [id, file, line, column].join("\0");
}
