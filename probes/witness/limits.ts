/** The witness must not be the limit it measures: its own server reads heads up to 256 KiB. */
export const MAX_HEAD = 256 * 1024;

/** Longest message that a socket echoes, in bytes; a longer one ends the socket with 1009. */
export const MAX_MESSAGE = 1024 * 1024;

/** How long a socket is given to answer a Close frame, in milliseconds. */
export const CLOSE_MS = 1000;

export interface Limits {
  /** Most nonces that are remembered at once; a further signed request gets 503 until one has run out. */
  readonly maxNonces: number;
  /** Most sockets that are open at once; a further upgrade gets 503. */
  readonly maxSockets: number;
  /** After this time a socket gets Close 1000, in milliseconds. */
  readonly lifetimeMs: number;
  /**
   * A socket that is silent for this long is pinged, and cut when it stays silent for as long again, in milliseconds;
   * 0: never, for a probe that measures how long the edge leaves an idle socket open.
   */
  readonly silenceMs: number;
}

/**
 * An hour is the longest that Cloud Run lets a socket live (fact R2), 1000 the most that it gives one instance (fact R6).
 * The nonces are some 10 MB, and 500 signed requests a second for two minutes.
 */
export const LIMITS: Limits = { maxNonces: 65_536, maxSockets: 1000, lifetimeMs: 3_600_000, silenceMs: 30_000 };
