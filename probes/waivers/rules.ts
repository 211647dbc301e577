import type { Finding, Severity } from "../facts/finding.ts";
import type { RuleText } from "../facts/result.ts";
import type { Position } from "../../contract/contract.ts";

interface OwnRule extends RuleText {
  readonly severity: Severity;
}

const define = (rule: OwnRule): OwnRule => rule;

/** What is wrong with a waiver, or with a baseline, is a finding as well: nothing is accepted for good by being forgotten. */
export const WAIVER_RULES = {
  expired: define({
    id: "waiver-expired",
    title: "a waiver is past its last day",
    severity: "warning",
    because:
      "What it accepted fails again from the day after, so that nothing is accepted for good by being forgotten.",
    fix: "Mend what it accepts, or have its owner set a new last day.",
    sources: [],
  }),
  unused: define({
    id: "waiver-unused",
    title: "a waiver accepts nothing",
    severity: "warning",
    because: "A waiver that outlives what it was written for accepts the next mistake of the same kind unseen.",
    fix: "Delete it, or correct its target.",
    sources: [],
  }),
  incomplete: define({
    id: "waiver-incomplete",
    title: "a waiver in a comment lacks something, and accepts nothing",
    severity: "warning",
    because: "Without a reason, an owner and a last day nobody can tell later whether it still holds.",
    fix: 'Write # headgate:ignore RULE reason="…" owner=NAME expires=YYYY-MM-DD',
    sources: [],
  }),
  gone: define({
    id: "baseline-gone",
    title: "a finding of the baseline no longer occurs",
    severity: "note",
    because: "An entry that nothing needs would accept the same mistake when it comes back.",
    fix: "Write the baseline again with --write-baseline.",
    sources: [],
  }),
} as const;

/** Ids of the rules on waivers themselves; these cannot be waived. */
export const WAIVER_RULE_IDS: readonly string[] = Object.values(WAIVER_RULES).map(({ id }) => id);

/** A finding at a waiver that is mended by deleting it. */
export function deletable(finding: Finding): Finding {
  return { ...finding, remedy: [{ kind: "delete", at: finding.where }] };
}

/** A finding at a place that is in no resource. `subject`: what stands there, as a person would say it. */
export function findingAt(rule: OwnRule, title: string, subject: string, at: Position): Finding {
  const { file, line, column } = at;
  const where = { address: subject, attribute: "", file, line, column };
  return { id: rule.id, severity: rule.severity, title, where, by: [], fix: rule.fix };
}
