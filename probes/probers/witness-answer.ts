import { WITNESS_SCHEMA } from "../../contract/probe-protocol.ts";
import type { WitnessReport } from "../../contract/probe-protocol.ts";

/** Largest answer that is read from a witness, in bytes. */
export const MAX_ANSWER = 1024 * 1024;

/** The witness's report in a body or message; undefined when it is not one. */
export function readWitnessReport(text: string): WitnessReport | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const report = parsed as Partial<WitnessReport> | null;
  const isReport =
    report?.schema === WITNESS_SCHEMA &&
    typeof report.nonce === "string" &&
    typeof report.service === "string" &&
    typeof report.revision === "string" &&
    Array.isArray(report.headers) &&
    report.headers.every(isLine);
  return isReport ? (report as WitnessReport) : undefined;
}

function isLine(line: unknown): boolean {
  return Array.isArray(line) && line.length === 2 && typeof line[0] === "string" && typeof line[1] === "string";
}
