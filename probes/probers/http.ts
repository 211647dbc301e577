import { request } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { hasHeader, linesOf } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import { authorityOf } from "./authority.ts";
import { PhaseError, abortFailure } from "./failure.ts";
import { readPlainAnswer } from "./plain-answer.ts";
import { MAX_HEAD } from "./raw-answer.ts";
import { startRecording } from "./recording.ts";
import type { Recording } from "./recording.ts";

/** Sends one plain GET on a connection of its own and records what came back. Redirects are recorded, not followed. */
export async function probeHttp(attempt: Attempt, endpoint: Endpoint, signal: AbortSignal): Promise<Observation> {
  const recording = startRecording(attempt, endpoint, "http");
  if (signal.aborted) return recording.conclude({ failure: abortFailure(signal) });
  const seen: { -readonly [Key in keyof Observation]?: Observation[Key] } = {};
  try {
    const response = await answered(openRequest(attempt, endpoint, recording), signal);
    recording.mark("head");
    const answer = { status: response.statusCode ?? 0, headers: linesOf(response.rawHeaders), body: response };
    const { error, ...read } = await readPlainAnswer(answer, signal);
    Object.assign(seen, read);
    if (error === undefined) recording.mark("body");
    else seen.failure = recording.failure(error, signal);
  } catch (error) {
    seen.failure = recording.failure(error, signal);
  }
  return recording.conclude(seen);
}

/** @throws PhaseError when the library refuses to send this; its own words would repeat what was to be sent. */
function openRequest({ lines, target }: Attempt, { host }: Endpoint, recording: Recording): ClientRequest {
  const own = hasHeader(lines, "user-agent") ? [] : ["user-agent", "headgate"];
  // As names and values by turns the library writes them as they are: order, case and number.
  const headers = ["host", authorityOf(host), "connection", "close", ...own, ...lines.flat()];
  try {
    const createConnection = recording.open;
    const opened = request({ method: "GET", path: target, headers, createConnection, maxHeaderSize: MAX_HEAD });
    opened.maxHeadersCount = 0; // Node drops lines beyond 2000 entries without a word.
    return opened;
  } catch (error) {
    throw error instanceof PhaseError
      ? error
      : new PhaseError("send", "the client library refuses to send this request");
  }
}

/** The head of the answer. What ends the request after it, its body tells. */
async function answered(sent: ClientRequest, signal: AbortSignal): Promise<IncomingMessage> {
  let abort = (): void => undefined;
  const switched = (): PhaseError => new PhaseError("response", "a plain GET was answered with 101");
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      abort = () => reject(new Error("the attempt was ended"));
      signal.addEventListener("abort", abort, { once: true });
      sent.on("response", resolve).on("error", reject);
      sent.on("upgrade", () => reject(switched()));
      // A 101 that names no protocol is passed for an interim answer.
      sent.on("information", ({ statusCode }) => statusCode === 101 && reject(switched()));
      sent.end();
    });
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
