import type { WitnessReport } from "../../contract/probe-protocol.ts";
import type { HeaderLine } from "../../http/header-list.ts";

/** What became of one header between the client's wire and the service. */
export type HeaderObservation =
  | "intact"
  | "stripped"
  | "replaced"
  | "appended"
  | "merged"
  | "duplicated"
  | "reordered"
  | "truncated"
  | "renamed"
  | "injected"
  | "not-sent"
  | "unreachable";

/** Where an attempt ended before a witness had answered. */
export type FailurePhase =
  "connect" | "tls" | "tls-name" | "send" | "response" | "witness" | "deadline" | "interrupted";

export interface ProbeFailure {
  readonly phase: FailurePhase;
  readonly message: string;
}

export interface ObservedResponse {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  /** First 4 KiB, for a refusal; empty otherwise. */
  readonly body: string;
}

/** Everything one attempt saw. Values are raw here and never leave the process: reports hold fingerprints. */
export interface Observation {
  readonly caseId: string;
  /** True when the connection was, or was to be, TLS. */
  readonly secure: boolean;
  /** Header lines of the client's own bytes, tapped at the socket. */
  readonly sent?: readonly HeaderLine[];
  readonly response?: ObservedResponse;
  /** Subprotocol that the answer selected; the empty string for none. */
  readonly subprotocol?: string;
  readonly witness?: WitnessReport;
  readonly failure?: ProbeFailure;
  readonly durationMs: number;
}
