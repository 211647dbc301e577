import type { FailurePhase, Moment, ProbeFailure } from "../facts/observation.ts";

/** What was being done while a moment was waited for. */
const WHILE = {
  dns: "while the name was looked up",
  tcp: "while connecting",
  proxy: "while waiting for the proxy's tunnel",
  tls: "in the TLS handshake",
  sent: "before the request was written",
  firstByte: "while waiting for the first byte of the answer",
  head: "within the head of the answer",
  upgrade: "while the upgrade was verified",
  body: "within the body of the answer",
  firstMessage: "while waiting for the first message",
  close: "while closing",
} as const satisfies Record<Moment, string>;

const PHASE_OF = {
  dns: "connect",
  tcp: "connect",
  proxy: "proxy",
  tls: "tls",
  sent: "send",
  firstByte: "response",
  head: "response",
  upgrade: "handshake",
  body: "response",
  firstMessage: "witness",
  close: "witness",
} as const satisfies Record<Moment, FailurePhase>;

/** An error that knows its own phase, and words for it that need no others. */
export class PhaseError extends Error {
  readonly phase: FailurePhase;
  constructor(phase: FailurePhase, message: string) {
    super(message);
    this.name = "PhaseError";
    this.phase = phase;
  }
}

/** An error of a socket or library, and the moment that was waited for → the phase in which the attempt ended, and words for it. */
export function failureOf(error: unknown, signal: AbortSignal, during: Moment): ProbeFailure {
  if (signal.aborted) return abortFailure(signal, during);
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const message = wordsOf(error);
  const phase = phaseOf(error, code, during);
  const words = code === "" || message.includes(code) ? message : `${message} (${code})`;
  const isPlace = phase === "response" || (phase === "witness" && !(error instanceof PhaseError));
  return { phase, message: harmless(isPlace ? `${words}, ${WHILE[during]}` : words), during };
}

/** The failure that stands behind an aborted signal: a deadline, or a person. */
export function abortFailure(signal: AbortSignal, during?: Moment): ProbeFailure {
  const timedOut = (signal.reason as Error | undefined)?.name === "TimeoutError";
  if (!timedOut) return { phase: "interrupted", message: "the run was interrupted", ...(during && { during }) };
  const place = during === undefined ? "" : `, ${WHILE[during]}`;
  return { phase: "deadline", message: `no answer within the deadline${place}`, ...(during && { during }) };
}

/** Words from outside in which every character that moves a cursor, or turns a line around, is shown and not sent. */
export function harmless(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (one) => {
    const code = one.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses were tried: the reason of each.
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join("; ");
  return error.message === "" ? "Error" : error.message;
}

function phaseOf(error: unknown, code: string, during: Moment): FailurePhase {
  if (error instanceof PhaseError) return error.phase;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "tls-name";
  if (code.startsWith("WS_ERR_")) return "frame";
  // An alert may come after the handshake: TLS 1.3 refuses a client certificate then (RFC 8446 §4.4.2.4).
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_|^EPROTO$/.test(code)) return "tls";
  return PHASE_OF[during];
}
