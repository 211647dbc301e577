import type { FailOn, Finding, Severity, Undecided } from "../facts/finding.ts";
import type { Cell, Control, Counts, RouteCoverage, Verdict } from "../facts/result.ts";

/** A closed set, the same for every verb and format. */
export const EXIT_CODE = {
  pass: 0,
  "contract-broken": 1,
  usage: 2,
  inconclusive: 3,
  internal: 4,
} as const satisfies Record<Verdict, number>;

export interface Evidence {
  readonly cells: readonly Cell[];
  readonly controls: readonly Control[];
  readonly coverage: readonly RouteCoverage[];
  readonly counts: Counts;
  /** Those that are marked as blocking are no pass. */
  readonly findings?: readonly Finding[];
  /** Rules that could not look, where that is no pass. */
  readonly undecided?: readonly Undecided[];
  /** Why the run ended before its plan did: a deadline, a person. */
  readonly endedEarly?: string;
}

export interface Decision {
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly reasons: readonly string[];
}

/**
 * Evidence → verdict. What could not be looked at outranks what was found broken: a run whose probe cannot be trusted
 * says nothing. A consequence of a failed check counts with that check alone. Nothing checked is never a pass.
 */
export function decide(evidence: Evidence): Decision {
  const blind = blindSpots(evidence);
  if (blind.length > 0) return { verdict: "inconclusive", exitCode: EXIT_CODE.inconclusive, reasons: blind };
  const failed = evidence.cells.filter(({ state, waived }) => state === "fail" && waived === undefined);
  const findings = (evidence.findings ?? []).filter(({ blocks }) => blocks === true);
  if (failed.length + findings.length > 0)
    return {
      verdict: "contract-broken",
      exitCode: EXIT_CODE["contract-broken"],
      reasons: [
        ...(failed.length > 0 ? [`${failed.length} of ${failed.length + evidence.counts.pass} checks failed`] : []),
        ...(findings.length > 0 ? [`${findings.length} ${findings.length === 1 ? "finding" : "findings"}`] : []),
      ],
    };
  return { verdict: "pass", exitCode: EXIT_CODE.pass, reasons: [] };
}

const RANK: Readonly<Record<Severity, number>> = { note: 0, warning: 1, error: 2 };

/** Marks a finding that is no pass: of the least severity that is none, or above, and accepted by nobody. */
export function blocksAt(failOn: FailOn): (finding: Finding) => Finding {
  const least = failOn === "undecided" ? "error" : failOn;
  return (finding) => {
    const { severity } = finding;
    const blocks = least !== "never" && isAtLeast(least, severity) && countsAlone(finding);
    return blocks ? { ...finding, blocks: true } : finding;
  };
}

/** What somebody accepts fails nothing, and a consequence counts with its cause. */
function countsAlone({ waived, known, consequenceOf }: Finding): boolean {
  return waived === undefined && known === undefined && consequenceOf === undefined;
}

export function isAtLeast(least: Severity, severity: Severity): boolean {
  return RANK[severity] >= RANK[least];
}

/** Why rules that could not look are no pass. */
export function undecidedReasons(undecided: readonly Undecided[]): string[] {
  return grouped(undecided, ({ reason }) => reason).map(
    ([reason, alike]) => `${alike.length} ${alike.length === 1 ? "rule" : "rules"} could not look: ${reason}`,
  );
}

function blindSpots({ cells, controls, coverage, counts, endedEarly, undecided = [] }: Evidence): string[] {
  const open = cells.filter((cell) => cell.state === "inconclusive" && cell.consequenceOf === undefined);
  const badControls = controls.filter(({ state }) => state !== "pass");
  const isUnanswered = counts.httpRequests + counts.upgrades === 0;
  const untouched = coverage.filter(({ attempted }) => attempted === 0);
  // Where nothing was tried at all, each route has that in common.
  const left = isUnanswered && untouched.length === coverage.length ? [] : untouched;
  return [
    ...(endedEarly === undefined ? [] : [endedEarly]),
    ...(controls.length === 0 ? ["no control was run, so the probe itself is not proved"] : []),
    ...grouped(badControls, ({ reason }) => reason).map(
      ([reason, alike]) => `controls did not hold (${alike.map(({ id }) => id).join(", ")}): ${reason}`,
    ),
    ...(isUnanswered ? ["no request was answered: nothing was looked at"] : []),
    ...(counts.pass + counts.fail === 0 ? ["no check applied: nothing was proved"] : []),
    ...new Set(left.map(({ route, form }) => `route ${route} was never tried at ${form}`)),
    ...grouped(open, ({ reason }) => reason).map(
      ([reason, alike]) => `${alike.length} ${alike.length === 1 ? "check" : "checks"} could not look: ${reason}`,
    ),
    ...undecidedReasons(undecided),
  ];
}

/** Items by the reason they give, in order of first appearance. */
function grouped<Item>(items: readonly Item[], reasonOf: (item: Item) => string | undefined): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const reason = reasonOf(item) ?? "no reason given";
    groups.set(reason, [...(groups.get(reason) ?? []), item]);
  }
  return [...groups];
}
