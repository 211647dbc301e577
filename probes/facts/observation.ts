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

/**
 * What became of one line of a header. Indexes count the lines of this name, from 0, in wire order; null on the side
 * where the line has no partner. `renamed`: `arrived` is null, because the partner has another name.
 */
export interface ObservedLine {
  readonly sent: number | null;
  readonly arrived: number | null;
  readonly observation: HeaderObservation;
}

/**
 * Where an attempt ended before a witness had answered. `connect`: name lookup and TCP; `proxy`: the forward proxy;
 * `tls-name`: the certificate is for other names; `send`: the request on the wire is not the one that was meant;
 * `response`: head or body of the answer; `handshake`: a 101 that RFC 6455 §4.1 tells a client to refuse; `frame`: a
 * frame that it tells a client to refuse; `witness`: no report in the first message.
 */
export type FailurePhase =
  | "connect"
  | "proxy"
  | "tls"
  | "tls-name"
  | "send"
  | "response"
  | "handshake"
  | "frame"
  | "witness"
  | "deadline"
  | "interrupted";

/**
 * The moments of an attempt, in their order: name looked up, TCP connected, proxy's tunnel open, TLS done, last byte of
 * the request's head written, first byte back, response head complete, upgrade accepted and verified, body complete,
 * first message complete, connection closed.
 */
export type Moment =
  "dns" | "tcp" | "proxy" | "tls" | "sent" | "firstByte" | "head" | "upgrade" | "body" | "firstMessage" | "close";

/** Milliseconds from the connect call to each moment that came. One clock for all of them. */
export type Timings = Readonly<Partial<Record<Moment, number>>>;

export interface ProbeFailure {
  readonly phase: FailurePhase;
  /** Words with no control character in them. They may repeat what a server said. */
  readonly message: string;
  /** The moment that was waited for when it ended. */
  readonly during?: Moment;
}

export interface ObservedResponse {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  /** First 4 KiB, for a refusal; empty otherwise. */
  readonly body: string;
}

/** How a WebSocket ended. */
export interface ObservedClose {
  /** Who sent the first Close frame; nobody: the connection ended without one. */
  readonly by: "client" | "server" | "nobody";
  /** Code of that frame; 1005 for a frame without one, 1006 for no frame at all (RFC 6455 §7.4.1). */
  readonly code: number;
  readonly reason: string;
}

/** The instrument that made an observation. */
export type ProberName = "http" | "http2" | "websocket" | "raw";

/** Everything one attempt saw. Values are raw here and never leave the process: reports hold fingerprints. */
export interface Observation {
  readonly caseId: string;
  readonly prober?: ProberName;
  /** True when the connection was, or was to be, TLS. */
  readonly secure: boolean;
  /**
   * Header lines of the client's own bytes, tapped at the socket. Over HTTP/2 they are its fields, decoded: `:authority`
   * stands as `host`, and the pieces of a cookie as the one line that they are (RFC 9113 §8.2.3, fact H30).
   */
  readonly sent?: readonly HeaderLine[];
  readonly response?: ObservedResponse;
  /** Subprotocol that the answer selected; the empty string for none. */
  readonly subprotocol?: string;
  readonly witness?: WitnessReport;
  /**
   * True where an HTTP/2 server announced SETTINGS_ENABLE_CONNECT_PROTOCOL, by which a browser may open a WebSocket over
   * HTTP/2 (RFC 8441 §3, fact W7); undefined where it said no settings, and over HTTP/1.1.
   */
  readonly extendedConnect?: boolean;
  readonly close?: ObservedClose;
  readonly failure?: ProbeFailure;
  readonly timings?: Timings;
  readonly durationMs: number;
}
