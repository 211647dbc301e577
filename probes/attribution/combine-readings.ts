import type { Cell } from "../facts/result.ts";

/**
 * The cells of one case, judged under every reading of the open questions. All pass → pass; broken under all → fail; else
 * inconclusive, naming the questions. Where the case is broken under every reading, only in different ways, what is
 * undecided about it is a consequence of that.
 */
export function combineReadings(readings: readonly (readonly Cell[])[], questions: readonly string[]): Cell[] {
  const [first = []] = readings;
  const combined = first.map((_, position) =>
    combineCell(
      readings.map((cells) => cells[position]!),
      questions,
    ),
  );
  const broken = combined.find(({ state }) => state === "fail");
  const alwaysBroken = readings.every((cells) => cells.some(({ state }) => state === "fail"));
  if (broken === undefined || !alwaysBroken) return combined;
  return combined.map((cell) =>
    cell.state === "inconclusive" && cell.consequenceOf === undefined ? { ...cell, consequenceOf: broken.id } : cell,
  );
}

function combineCell(readings: readonly Cell[], questions: readonly string[]): Cell {
  const [first, ...others] = readings as [Cell, ...Cell[]];
  if (others.every(({ state }) => state === first.state)) return first;
  const failed = readings.find(({ state }) => state === "fail");
  // What a failure hides is broken too: no reading lets it through.
  if (failed !== undefined && readings.every((cell) => cell.state === "fail" || cell.consequenceOf !== undefined))
    return failed;
  const { consequenceOf: _, ...shown } = failed ?? first;
  return {
    ...shown,
    state: "inconclusive",
    reason: `depends on ${questions.join(", ")}, which Google does not document`,
  };
}
