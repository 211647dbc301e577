/** Largest answer that is read from a witness, in bytes. */
export const MAX_ANSWER = 1024 * 1024;

/** Bytes of a body that are kept when it is not a witness's. */
export const EXCERPT = 4096;

/** How long a refusal's body is waited for, in milliseconds: the status, which is what counts, is known. */
const REFUSAL_BODY_MS = 1000;

/** How much of a body is read, and for how long. */
export interface BodyLimits {
  /** Bytes. */
  readonly limit: number;
  /** Milliseconds; undefined: until the attempt ends. */
  readonly withinMs?: number;
  readonly signal: AbortSignal;
}

/** What was read of a body. `error` says why it is not all: broken off, stalled, or larger than the limit. */
export interface ReadBody {
  readonly bytes: Buffer;
  readonly error?: unknown;
}

/**
 * Limits for the body of a refusal: an excerpt, and briefly. A 200 in place of an upgrade is read whole: an upgrade that a
 * proxy made a plain request of reaches the witness too, and what it says is the proof.
 */
export function refusalLimits(signal: AbortSignal, status: number): BodyLimits {
  return { limit: status === 200 ? MAX_ANSWER : EXCERPT, withinMs: REFUSAL_BODY_MS, signal };
}

/** Reads a body as far as its limits go; never throws, for what has come is worth keeping. */
export async function readBody(source: AsyncIterable<Buffer>, limits: BodyLimits): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  const iterator = source[Symbol.asyncIterator]();
  const end = endOfTime(limits);
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), end.reached]);
      if (step.done === true) return { bytes: Buffer.concat(chunks) };
      chunks.push(step.value);
      size += step.value.length;
      if (size > limits.limit) throw new Error(`the answer is larger than ${limits.limit} bytes`);
    }
  } catch (error) {
    return { bytes: Buffer.concat(chunks).subarray(0, limits.limit), error };
  } finally {
    end.cancel();
    // The source is ended with its connection; a return would wait for the bytes that do not come.
  }
}

function endOfTime({ withinMs, signal }: BodyLimits): { reached: Promise<never>; cancel: () => void } {
  let cancel = (): void => undefined;
  const reached = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Error("the body did not end in time"));
    const timer = withinMs === undefined ? undefined : setTimeout(stop, withinMs);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    cancel = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
  });
  return { reached, cancel };
}
