export interface TimeLimit {
  /** Aborts with the reason of the signal it was made of, or with a `TimeoutError` when the time is over. */
  readonly signal: AbortSignal;
  /** Lets go of the timer and of the signal it was made of. */
  readonly release: () => void;
}

/**
 * A signal that ends with another one or after `ms` milliseconds. In place of `AbortSignal.any([…, AbortSignal.timeout()])`,
 * of which Node 20 may collect the timeout before it fires: what waits for it then waits for ever.
 */
export function timeLimit(parent: AbortSignal, ms: number): TimeLimit {
  const controller = new AbortController();
  const end = (): void => controller.abort(parent.reason);
  const timer = setTimeout(() => controller.abort(new DOMException("The time is over", "TimeoutError")), ms);
  if (parent.aborted) end();
  else parent.addEventListener("abort", end, { once: true });
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      parent.removeEventListener("abort", end);
    },
  };
}
