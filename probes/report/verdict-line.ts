import type { Result, Verdict } from "../facts/result.ts";
import type { Paint } from "./paint.ts";

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: "pass",
  "contract-broken": "CONTRACT BROKEN",
  usage: "USAGE",
  inconclusive: "INCONCLUSIVE",
  internal: "INTERNAL ERROR",
};

/** What the verdict is called; what breaks nobody's contract is a finding. `cells` is empty where no contract was proved. */
export function verdictWord(verdict: Verdict, { cells }: Pick<Result, "cells">): string {
  return verdict === "contract-broken" && cells.length === 0 ? "FINDINGS" : VERDICT_WORDS[verdict];
}

/** The last line of a report for a person. */
export function verdictLine(
  { verdict, exitCode, cells }: Pick<Result, "verdict" | "exitCode" | "cells">,
  paint: Paint,
): string {
  const style = verdict === "pass" ? "good" : verdict === "inconclusive" ? "open" : "bad";
  return `${paint(style, verdictWord(verdict, { cells }))}  exit ${exitCode}`;
}
