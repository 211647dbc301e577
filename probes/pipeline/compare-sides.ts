import type { OutcomeChange, PlannedOutcome } from "../facts/planned.ts";
import type { Cell } from "../facts/result.ts";

/** Observations of a value that the edge wrote itself: it holds nothing that was drawn for the run. */
const WRITTEN: ReadonlySet<Cell["observation"]> = new Set(["replaced", "injected"]);

/**
 * The cells of two runs of one contract, made with the same fingerprints, whose outcome is not the same on both sides.
 * In the order of the later run; what only the earlier one has comes last.
 */
export function changedOutcomes(before: readonly Cell[], after: readonly Cell[]): OutcomeChange[] {
  const earlier = new Map(before.map((cell) => [keyOf(cell), cell]));
  const later = new Set(after.map(keyOf));
  return [
    ...after.flatMap((cell) => changeOf(earlier.get(keyOf(cell)), cell)),
    ...before.filter((cell) => !later.has(keyOf(cell))).flatMap((cell) => changeOf(cell, undefined)),
  ];
}

/** Ids of cells hold the number of a case, which another edge beside it would shift. */
function keyOf(cell: Cell): string {
  const { env, route, host, path, rule, header, protocol, client } = cell;
  return JSON.stringify([env, route, host, path, rule, header, protocol, client]);
}

function changeOf(before: Cell | undefined, after: Cell | undefined): OutcomeChange[] {
  const { env, route, host, path, protocol, client, rule, header } = (after ?? before)!;
  const isOther = before === undefined || after === undefined || nameOf(before) !== nameOf(after);
  const otherValue = !isOther && writtenBy(before) !== writtenBy(after);
  if (!isOther && !otherValue) return [];
  return [
    {
      ...{ env, route, host, path, protocol, client, rule, header },
      before: before === undefined ? null : outcomeOf(before),
      after: after === undefined ? null : outcomeOf(after),
      ...(otherValue && { otherValue: true as const }),
    },
  ];
}

function nameOf({ state, observation, answeredBy }: Cell): string {
  return JSON.stringify([state, observation, answeredBy?.service ?? null, answeredBy?.status ?? null]);
}

function writtenBy({ observation, arrived }: Cell): string {
  return WRITTEN.has(observation) ? arrived.map(({ hash, bytes }) => `${hash}/${bytes}`).join(" ") : "";
}

function outcomeOf({ state, observation, answeredBy, reason, by }: Cell): PlannedOutcome {
  return {
    state,
    observation,
    service: answeredBy?.service ?? null,
    status: answeredBy?.status ?? null,
    ...(reason !== undefined && { reason }),
    by,
  };
}
