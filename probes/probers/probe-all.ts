import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import { abortFailure } from "./failure.ts";
import { probeHttp } from "./http.ts";
import { needsRaw } from "./needs-raw.ts";
import type { ProberChoice } from "./prober-choices.ts";
import { probeRaw } from "./raw.ts";
import { probeWebSocket } from "./websocket.ts";

export interface ProbeOptions {
  /** Longest time for one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Attempts in flight at once. */
  readonly concurrency: number;
  /** Ends the run: a person, or the run's own deadline. */
  readonly signal: AbortSignal;
  /** Default: `library`. A case that the libraries would alter is sent raw in any case. */
  readonly prober?: ProberChoice;
  /** Plain requests go over HTTP/2; those that it cannot carry unaltered go over HTTP/1.1, and so do upgrades (fact W7). */
  readonly http2?: boolean;
  /** What makes the attempts of a `browser` client; undefined: the library that sends what a page could. */
  readonly browser?: Prober;
}

type Prober = (attempt: Attempt, endpoint: Endpoint, signal: AbortSignal) => Promise<Observation>;

const LIBRARIES = { http: probeHttp, websocket: probeWebSocket } as const;

/** The prober that sends this attempt as it is meant. */
export function proberFor(
  attempt: Attempt,
  { prober = "library", http2 = false }: Pick<ProbeOptions, "prober" | "http2"> = {},
): Prober {
  if (prober === "raw" || needsRaw(attempt) !== undefined) return probeRaw;
  const { protocol } = attempt.case;
  return http2 && protocol === "http" ? probeOverHttp2 : LIBRARIES[protocol];
}

/** Loaded by the runs that ask for it. */
const probeOverHttp2: Prober = async (...all) => (await import("./http2.ts")).probeHttp2(...all);

/** Makes every attempt, a bounded number at a time, in order; an aborted run gives `interrupted` for what is left. */
export async function probeAll(
  attempts: readonly { readonly attempt: Attempt; readonly endpoint: Endpoint }[],
  options: ProbeOptions,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  const probers = attempts.map(({ attempt }) => instrumentFor(attempt, options));
  const limits = attemptLimits(options);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < attempts.length) {
      const index = next++;
      const { attempt, endpoint } = attempts[index]!;
      observations[index] = options.signal.aborted
        ? neverBegun(attempt, endpoint, options.signal)
        : await limits.within((signal) => probers[index]!(attempt, endpoint, signal));
    }
  };
  try {
    if (options.http2 === true) await import("./http2.ts");
    await Promise.all(Array.from({ length: Math.min(options.concurrency, attempts.length) }, work));
  } finally {
    limits.release();
  }
  return observations;
}

/** Chosen once for each attempt, before the first one is made. */
function instrumentFor(attempt: Attempt, options: ProbeOptions): Prober {
  const { browser } = options;
  if (browser !== undefined && attempt.case.client === "browser") return browser;
  return attempt.impossible === undefined ? proberFor(attempt, options) : cannotSend(attempt.impossible);
}

function cannotSend(message: string): Prober {
  return ({ case: { id: caseId } }, endpoint) => {
    const failure = { phase: "send", message } as const;
    return Promise.resolve({ caseId, secure: endpoint.scheme === "https", failure, durationMs: 0 });
  };
}

function neverBegun(attempt: Attempt, endpoint: Endpoint, signal: AbortSignal): Observation {
  return {
    caseId: attempt.case.id,
    secure: endpoint.scheme === "https",
    failure: { ...abortFailure(signal), phase: "interrupted" },
    durationMs: 0,
  };
}

interface AttemptLimits {
  /** Does the work with a signal that ends with the run or after the attempt's own time. */
  readonly within: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly release: () => void;
}

/** One listener on the run's signal for all attempts, and no timer longer than its attempt. */
function attemptLimits({ signal: run, timeoutMs }: ProbeOptions): AttemptLimits {
  const active = new Set<AbortController>();
  const endAll = (): void => active.forEach((controller) => controller.abort(run.reason));
  run.addEventListener("abort", endAll, { once: true });
  return {
    within: async (work) => {
      const controller = new AbortController();
      const late = (): void => controller.abort(new DOMException("the attempt's time is over", "TimeoutError"));
      const timer = setTimeout(late, timeoutMs);
      active.add(controller);
      try {
        return await work(controller.signal);
      } finally {
        clearTimeout(timer);
        active.delete(controller);
      }
    },
    release: () => run.removeEventListener("abort", endAll),
  };
}
