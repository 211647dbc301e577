import { Client } from "undici";
import type { Dispatcher } from "undici";
import { linesOf } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import { failureOf } from "./failure.ts";
import { startRecording } from "./recording.ts";
import type { Recording } from "./recording.ts";
import { MAX_ANSWER, readWitnessReport } from "./witness-answer.ts";

/** Bytes of a body that are kept when it is not a witness's. */
const EXCERPT = 4096;

/** Largest response head that is read, in bytes. */
const MAX_HEAD = 256 * 1024;

/** Sends one plain GET on a connection of its own and records what came back. Redirects are recorded, not followed. */
export async function probeHttp(attempt: Attempt, endpoint: Endpoint, signal: AbortSignal): Promise<Observation> {
  const recording = startRecording(attempt, endpoint);
  const client = clientOn(endpoint, recording, signal);
  try {
    const headers = ["user-agent", "headgate", ...attempt.lines.flatMap(([name, value]) => [name, value])];
    const path = attempt.target;
    const response = await client.request({ method: "GET", path, headers, signal, responseHeaders: "raw" });
    return recording.conclude(await observed(response));
  } catch (error) {
    return recording.conclude({ failure: failureOf(error, signal) });
  } finally {
    await client.destroy();
  }
}

function clientOn(endpoint: Endpoint, recording: Recording, signal: AbortSignal): Client {
  const ready = endpoint.scheme === "http" ? "connect" : "secureConnect";
  return new Client(`${endpoint.scheme}://${endpoint.host}`, {
    pipelining: 0,
    maxHeaderSize: MAX_HEAD,
    connect: (_options, callback) => {
      const socket = recording.open();
      let isSettled = false;
      const settle = (error: Error | null): void => {
        if (isSettled) return;
        isSettled = true;
        if (error === null) callback(null, socket);
        else callback(error, null);
      };
      // undici notes an abort only once it has a connection, and a silent peer never gives it one.
      const abandon = (): void => settle(new Error("the attempt ended before there was a connection"));
      socket.once(ready, () => settle(null)).once("error", settle);
      if (signal.aborted) abandon();
      else signal.addEventListener("abort", abandon, { once: true });
    },
  });
}

async function observed({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Partial<Observation>> {
  const text = await readLimited(body, MAX_ANSWER);
  const witness = readWitnessReport(text);
  // With `responseHeaders: "raw"` undici gives names and values by turns, whatever its types say.
  const lines = linesOf((headers as unknown as (string | Buffer)[]).map(String));
  const response = { status: statusCode, headers: lines, body: witness === undefined ? text.slice(0, EXCERPT) : "" };
  return { response, ...(witness !== undefined && { witness }) };
}

async function readLimited(body: Dispatcher.ResponseData["body"], limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new Error(`the answer is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
