import type { FailurePhase, ProbeFailure } from "../facts/observation.ts";

const CONNECT_CODES = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "EADDRNOTAVAIL",
]);

/** An error of a socket or library → the phase in which the attempt ended, and words for it. */
export function failureOf(error: unknown, signal: AbortSignal): ProbeFailure {
  if (signal.aborted) return abortFailure(signal);
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const message = error instanceof Error && error.message !== "" ? error.message : String(error);
  return { phase: phaseOf(code), message: code === "" || message.includes(code) ? message : `${message} (${code})` };
}

/** The failure that stands behind an aborted signal: a deadline, or a person. */
export function abortFailure(signal: AbortSignal): ProbeFailure {
  const timedOut = (signal.reason as Error | undefined)?.name === "TimeoutError";
  return timedOut
    ? { phase: "deadline", message: "no answer within the deadline" }
    : { phase: "interrupted", message: "the run was interrupted" };
}

function phaseOf(code: string): FailurePhase {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "tls-name";
  if (CONNECT_CODES.has(code)) return "connect";
  if (code === "UND_ERR_INVALID_ARG") return "send";
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_|^EPROTO$/.test(code) ? "tls" : "response";
}
