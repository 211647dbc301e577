import type { Dispatcher } from "undici";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import { openTapped } from "./connect.ts";
import { failureOf } from "./failure.ts";
import type { WireTap } from "./wire-tap.ts";
import { MAX_ANSWER, readWitnessReport } from "./witness-answer.ts";

/** Bytes of a body that are kept when it is not a witness's. */
const EXCERPT = 4096;

/** Sends one plain GET on a connection of its own and records what came back. Redirects are recorded, not followed. */
export async function probeHttp(attempt: Attempt, endpoint: Endpoint, signal: AbortSignal): Promise<Observation> {
  // Loaded here: verbs that send nothing do not pay for it.
  const { Client } = await import("undici");
  const startedAt = performance.now();
  let tap: WireTap | undefined;
  const client = new Client(`${endpoint.scheme}://${endpoint.host}`, {
    pipelining: 0,
    maxHeaderSize: 256 * 1024,
    connect: (_options, callback) => {
      const opened = openTapped(endpoint);
      tap = opened.tap;
      const ready = endpoint.scheme === "http" ? "connect" : "secureConnect";
      opened.socket.once(ready, () => callback(null, opened.socket)).once("error", (error) => callback(error, null));
    },
  });
  const done = (more: Partial<Observation>): Observation => {
    const sent = tap?.sentHead()?.headers;
    return {
      caseId: attempt.case.id,
      secure: endpoint.scheme === "https",
      ...(sent !== undefined && { sent }),
      durationMs: performance.now() - startedAt,
      ...more,
    };
  };
  try {
    const headers = ["user-agent", "headgate", ...attempt.lines.flatMap(([name, value]) => [name, value])];
    const response = await client.request({
      method: "GET",
      path: attempt.target,
      headers,
      signal,
      responseHeaders: "raw",
    });
    const body = await readLimited(response.body, MAX_ANSWER);
    const witness = readWitnessReport(body);
    const observed = {
      status: response.statusCode,
      headers: rawLines(response.headers),
      body: witness === undefined ? body.slice(0, EXCERPT) : "",
    };
    return done({ response: observed, ...(witness !== undefined && { witness }) });
  } catch (error) {
    return done({ failure: failureOf(error, signal) });
  } finally {
    await client.destroy();
  }
}

/** With `responseHeaders: "raw"` undici gives names and values by turns. */
function rawLines(headers: unknown): HeaderLine[] {
  const flat = (headers as (string | Buffer)[]).map(String);
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[index * 2]!, flat[index * 2 + 1]!] as const);
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
