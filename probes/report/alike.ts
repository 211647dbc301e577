import type { Cell } from "../facts/result.ts";

/** A failed check that nobody accepts. */
export function isOpenFailure({ state, waived }: Cell): boolean {
  return state === "fail" && waived === undefined;
}

/** Cells that say the same for the same reason: one fault is told once, however many requests met it. */
export function groupAlike(cells: readonly Cell[]): Cell[][] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const by = cell.by[0];
    const key = [
      cell.env,
      cell.rule,
      cell.header,
      cell.reason,
      by?.file,
      by?.line,
      by?.column,
      cell.waived?.at.line,
    ].join("\u0000");
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()];
}
