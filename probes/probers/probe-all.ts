import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import { abortFailure } from "./failure.ts";
import { probeWebSocket } from "./websocket.ts";

export interface ProbeOptions {
  /** Longest time for one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Attempts in flight at once. */
  readonly concurrency: number;
  /** Ends the run: a person, or the run's own deadline. */
  readonly signal: AbortSignal;
}

/** undici is large: runs that send no plain request do not load it. */
const PROBERS = {
  http: async (...given: Parameters<typeof probeWebSocket>) => (await import("./http.ts")).probeHttp(...given),
  websocket: probeWebSocket,
} as const;

/** Makes every attempt, a bounded number at a time, in order; an aborted run gives `interrupted` for what is left. */
export async function probeAll(
  attempts: readonly { readonly attempt: Attempt; readonly endpoint: Endpoint }[],
  options: ProbeOptions,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < attempts.length) {
      const index = next++;
      const { attempt, endpoint } = attempts[index]!;
      observations[index] = await probeOne(attempt, endpoint, options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, attempts.length) }, work));
  return observations;
}

async function probeOne(
  attempt: Attempt,
  endpoint: Endpoint,
  { timeoutMs, signal }: ProbeOptions,
): Promise<Observation> {
  if (signal.aborted)
    return {
      caseId: attempt.case.id,
      secure: endpoint.scheme === "https",
      failure: { ...abortFailure(signal), phase: "interrupted" },
      durationMs: 0,
    };
  return PROBERS[attempt.case.protocol](attempt, endpoint, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
}
