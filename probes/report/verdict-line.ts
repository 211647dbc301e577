import type { Verdict } from "../facts/result.ts";
import type { Paint } from "./paint.ts";

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: "pass",
  "contract-broken": "CONTRACT BROKEN",
  usage: "USAGE",
  inconclusive: "INCONCLUSIVE",
  internal: "INTERNAL ERROR",
};

/** The last line of a report for a person. */
export function verdictLine(verdict: Verdict, exitCode: number, paint: Paint): string {
  const style = verdict === "pass" ? "good" : verdict === "inconclusive" ? "open" : "bad";
  return `${paint(style, VERDICT_WORDS[verdict])}  exit ${exitCode}`;
}
