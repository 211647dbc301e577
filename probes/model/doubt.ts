import type { Affects, Unknown } from "../facts/provenance.ts";

/** Whether an unknown is one that keeps an answer from being told. What does not say, leaves all open. */
export function isDecisive({ affects = "request" }: Unknown): boolean {
  return affects === "request" || affects === "refusal";
}

/** The unknown with what it leaves open, where it does not say so itself. */
export function withAffects(unknown: Unknown, affects: Affects): Unknown {
  return unknown.affects === undefined ? { ...unknown, affects } : unknown;
}
