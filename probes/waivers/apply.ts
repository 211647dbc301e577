import type { Finding } from "../facts/finding.ts";
import type { Cell } from "../facts/result.ts";
import type { Waived } from "../facts/waiver.ts";
import { WAIVER_RULES, WAIVER_RULE_IDS, deletable, findingAt } from "./rules.ts";
import type { Waiver } from "./waiver.ts";

export interface Judged {
  readonly cells: readonly Cell[];
  readonly findings: readonly Finding[];
}

/** What can be told of a waiver that accepts nothing. */
export interface Looked {
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** Ids of the rules that ran over everything that is declared: a waiver for one of these had its chance. */
  readonly rules: ReadonlySet<string>;
}

/**
 * Failed cells and findings that somebody accepts, marked as such; and a finding for each waiver that is past its last day
 * or accepts nothing. What could not be looked at is never waived: nobody knows what would be accepted.
 */
export function applyWaivers({ cells, findings }: Judged, waivers: readonly Waiver[], looked: Looked): Judged {
  const valid = waivers.filter(({ expires }) => expires >= looked.today);
  const used = new Set<Waiver>();
  const waivedFor = (rule: string, item: Cell | Finding): { waived: Waived } | undefined => {
    const all = valid.filter((waiver) => waiver.rule === rule && waiver.covers(item));
    for (const waiver of all) used.add(waiver);
    return all[0] === undefined ? undefined : { waived: shownOf(all[0]) };
  };
  const open = cells.filter(({ state }) => state === "inconclusive");
  const settled: Judged = {
    cells: cells.map((cell) => (cell.state === "fail" ? { ...cell, ...waivedFor(cell.rule, cell) } : cell)),
    findings: findings.map((finding) =>
      WAIVER_RULE_IDS.includes(finding.id) ? finding : { ...finding, ...waivedFor(finding.id, finding) },
    ),
  };
  const mayBeNeeded = (waiver: Waiver): boolean =>
    !looked.rules.has(waiver.rule) || open.some((cell) => cell.rule === waiver.rule && waiver.covers(cell));
  const unused = valid.filter((waiver) => !used.has(waiver) && !mayBeNeeded(waiver));
  return {
    cells: settled.cells,
    findings: [
      ...settled.findings,
      ...waivers.filter((waiver) => !valid.includes(waiver)).map(expired),
      ...unused.map(({ rule, subject, at }) =>
        deletable(findingAt(WAIVER_RULES.unused, `the waiver of ${rule} accepts nothing`, subject, at)),
      ),
    ],
  };
}

function shownOf({ reason, owner, expires, at }: Waiver): Waived {
  return { reason, owner, expires, at };
}

function expired({ rule, owner, expires, subject, at }: Waiver): Finding {
  return findingAt(
    WAIVER_RULES.expired,
    `the waiver of ${rule} held until ${expires}; its owner is ${owner}`,
    subject,
    at,
  );
}
