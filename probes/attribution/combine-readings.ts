import type { Cell } from "../facts/result.ts";

/**
 * One cell judged under every reading of an open question: all pass → pass, all fail → fail, else inconclusive, naming
 * the question.
 */
export function combineReadings(readings: readonly Cell[], questions: readonly string[]): Cell {
  const [first, ...others] = readings;
  if (first === undefined) throw new Error("a cell has no reading");
  if (others.every(({ state }) => state === first.state)) return first;
  const failed = readings.find(({ state }) => state === "fail");
  const { consequenceOf: _, ...shown } = failed ?? first;
  return { ...shown, state: "inconclusive", reason: `depends on ${questions.join(", ")}, which Google does not document` };
}
