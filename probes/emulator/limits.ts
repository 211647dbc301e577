/** How long the emulated edge waits, in milliseconds. Whatever a client or a backend does, each wait has an end. */
export interface Limits {
  /** For the first byte of the next request (fact H32 has the load balancer's own figure toward its backends). */
  readonly idleMs: number;
  /** From the first byte of a request head to its last: a client that dribbles is answered 408. */
  readonly headMs: number;
  /** Between two pieces of a body, from either side. */
  readonly silenceMs: number;
  /** For a backend to take a connection: then 503. */
  readonly connectMs: number;
  /** For the head of a backend's answer: then 504. Cloud Run's own default is 300 s (fact R2). */
  readonly answerMs: number;
  /** For a peer to hang up after the edge has: what it still sends is read and dropped. */
  readonly lingerMs: number;
}

export const LIMITS: Limits = {
  idleMs: 610_000,
  headMs: 30_000,
  silenceMs: 60_000,
  connectMs: 10_000,
  answerMs: 300_000,
  lingerMs: 2_000,
};
