import type { Client, Dispatcher } from "undici";
import { hasHeader, linesOf } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import { authorityOf } from "./authority.ts";
import { MAX_ANSWER } from "./body.ts";
import { abortFailure } from "./failure.ts";
import { readPlainAnswer } from "./plain-answer.ts";
import type { PlainAnswer } from "./plain-answer.ts";
import { MAX_HEAD } from "./raw-answer.ts";
import type * as undiciModule from "./undici.ts";
import { startRecording } from "./recording.ts";
import type { Recording } from "./recording.ts";

/**
 * Bytes of a body that undici may hold: more than are ever read. A connection that ends while undici has paused it ends
 * the whole process with an assertion.
 */
const NEVER_PAUSED = 2 * MAX_ANSWER;

/** Sends one plain GET on a connection of its own and records what came back. Redirects are recorded, not followed. */
export async function probeHttp(attempt: Attempt, endpoint: Endpoint, signal: AbortSignal): Promise<Observation> {
  const recording = startRecording(attempt, endpoint, "http");
  if (signal.aborted) return recording.conclude({ failure: abortFailure(signal) });
  const seen: { -readonly [Key in keyof Observation]?: Observation[Key] } = {};
  const abandoned = onAbort(signal);
  const client = clientOn(await loadUndici(), { endpoint, recording, abandoned });
  try {
    const own = hasHeader(attempt.lines, "user-agent") ? [] : ["user-agent", "headgate"];
    const headers = [...own, ...attempt.lines.flatMap(([name, value]) => [name, value])];
    const path = attempt.target;
    const options = { headers, signal, responseHeaders: "raw", highWaterMark: NEVER_PAUSED } as const;
    const response = await client.request({ method: "GET", path, ...options });
    recording.mark("head");
    const { error, ...read } = await readPlainAnswer(answerOf(response), signal);
    Object.assign(seen, read);
    if (error === undefined) recording.mark("body");
    else seen.failure = recording.failure(error, signal);
  } catch (error) {
    seen.failure = recording.failure(error, signal);
  } finally {
    abandoned.cancel();
    // Before its socket is ended, so that undici learns of it from itself and not from a socket that it has paused.
    await client.destroy();
  }
  return recording.conclude(seen);
}

type Undici = typeof undiciModule;

/** Loads the library when there is something to send: other verbs do not pay for it, and no attempt's time does. */
export function loadUndici(): Promise<Undici> {
  return import("./undici.ts");
}

interface ClientParts {
  readonly endpoint: Endpoint;
  readonly recording: Recording;
  readonly abandoned: AbortWatch;
}

/** Calls back once when the attempt is ended from outside. */
interface AbortWatch {
  readonly then: (act: () => void) => void;
  readonly cancel: () => void;
}

function onAbort(signal: AbortSignal): AbortWatch {
  const acts: (() => void)[] = [];
  const run = (): void => acts.forEach((act) => act());
  signal.addEventListener("abort", run, { once: true });
  return { then: (act) => void acts.push(act), cancel: () => signal.removeEventListener("abort", run) };
}

function clientOn(undici: Undici, { endpoint, recording, abandoned }: ClientParts): Client {
  const ready = endpoint.scheme === "http" ? "connect" : "secureConnect";
  return new undici.Client(`${endpoint.scheme}://${authorityOf(endpoint.host)}`, {
    pipelining: 0,
    maxHeaderSize: MAX_HEAD,
    // The attempt has its own deadline, and what it waited for is said.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_options, callback) => {
      let isSettled = false;
      const settle = (error: Error | null): void => {
        if (isSettled) return;
        isSettled = true;
        if (error === null) callback(null, socket);
        else callback(error, null);
      };
      const socket = recording.open();
      socket.once(ready, () => settle(null)).once("error", settle);
      // undici notes an abort only once it has a connection, and a silent peer never gives it one.
      abandoned.then(() => settle(new Error("the attempt ended before there was a connection")));
    },
  });
}

/** With `responseHeaders: "raw"` undici gives names and values by turns, whatever its types say. */
function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): PlainAnswer {
  const lines = linesOf((headers as unknown as (string | Buffer)[]).map(latin1));
  return { status: statusCode, headers: lines, body: body as AsyncIterable<Buffer> };
}

/** Values are bytes: a recipient reads them as the lines of any other prober are read. */
function latin1(text: string | Buffer): string {
  return typeof text === "string" ? text : text.toString("latin1");
}
