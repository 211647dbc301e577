import { WITNESS_SCHEMA } from "../../contract/probe-protocol.ts";
import type { WitnessReport } from "../../contract/probe-protocol.ts";
import type { Observation, ObservedClose } from "../facts/observation.ts";
import { PhaseError } from "./failure.ts";

/** Longest name of a service or revision, in characters: Cloud Run's have 63, and each stands in every line about it. */
const MAX_NAME = 256;

/** Most header lines that a report may hold: each stands in the result, and no request here has a hundred. */
const MAX_LINES = 2000;

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
    isName(report.service) &&
    isName(report.revision) &&
    Array.isArray(report.headers) &&
    report.headers.length <= MAX_LINES &&
    report.headers.every(isLine);
  return isReport ? (report as WitnessReport) : undefined;
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value.length <= MAX_NAME;
}

function isLine(line: unknown): boolean {
  return Array.isArray(line) && line.length === 2 && typeof line[0] === "string" && typeof line[1] === "string";
}

/** What the first message of a socket says: the report, or that it is none. */
export function readFirstMessage(text: string): Pick<Observation, "witness" | "failure"> {
  const witness = readWitnessReport(text);
  return witness === undefined
    ? { failure: { phase: "witness", message: "the first message is not a witness's report" } }
    : { witness };
}

/** A socket that ended before its first message: with which code, and by whom. */
export function closedEarly({ by, code, reason }: ObservedClose): PhaseError {
  const words = reason === "" ? String(code) : `${code} (${reason})`;
  const who =
    by === "nobody" ? `the connection ended without a Close frame (${code})` : `the ${by} closed with ${words}`;
  return new PhaseError("witness", `${who}, before a first message`);
}
