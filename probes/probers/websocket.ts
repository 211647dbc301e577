import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { listMembers, valuesOf, withoutHeader } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation, ObservedResponse } from "../facts/observation.ts";
import { openTapped } from "./connect.ts";
import { abortFailure, failureOf } from "./failure.ts";
import type { WireTap } from "./wire-tap.ts";
import { MAX_ANSWER, readWitnessReport } from "./witness-answer.ts";

const PROTOCOL = "Sec-WebSocket-Protocol";
/** Bytes of a refusal's body that are kept. */
const EXCERPT = 4096;

/** Opens one WebSocket, waits for the witness's first message, closes it, and records all of it. */
export function probeWebSocket(attempt: Attempt, endpoint: Endpoint, signal: AbortSignal): Promise<Observation> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let tap: WireTap | undefined;
    let seen: Partial<Observation> = {};
    const socket = new WebSocket(
      `${endpoint.scheme === "http" ? "ws" : "wss"}://${endpoint.host}${attempt.target}`,
      listMembers(valuesOf(attempt.lines, PROTOCOL)),
      {
        headers: { "User-Agent": "headgate", ...headerObject(withoutHeader(attempt.lines, PROTOCOL)) },
        perMessageDeflate: false,
        maxPayload: MAX_ANSWER,
        followRedirects: false,
        createConnection: (() => {
          const opened = openTapped(endpoint);
          tap = opened.tap;
          return opened.socket;
        }) as never,
      },
    );
    const finish = (more: Partial<Observation>): void => {
      signal.removeEventListener("abort", aborted);
      socket.terminate();
      const sent = tap?.sentHead()?.headers;
      resolve({
        caseId: attempt.case.id,
        secure: endpoint.scheme === "https",
        ...(sent !== undefined && { sent }),
        durationMs: performance.now() - startedAt,
        ...seen,
        ...more,
      });
    };
    const aborted = (): void => finish({ failure: abortFailure(signal) });
    if (signal.aborted) return aborted();
    signal.addEventListener("abort", aborted, { once: true });
    // Emitted before the library judges the answer, so a refused subprotocol is still seen.
    socket.on(
      "upgrade",
      (response) =>
        (seen = { response: observed(response, ""), subprotocol: response.headers["sec-websocket-protocol"] ?? "" }),
    );
    socket.on(
      "unexpected-response",
      (_, response) => void readExcerpt(response).then((body) => finish({ response: observed(response, body) })),
    );
    socket.on("message", (data: Buffer) => finish(firstMessage(data.toString("utf8"))));
    socket.on("close", (code) =>
      finish({ failure: { phase: "witness", message: `the socket closed with ${code} before a first message` } }),
    );
    socket.on("error", (error) => finish({ failure: failureOf(error, signal) }));
  });
}

function firstMessage(text: string): Partial<Observation> {
  const witness = readWitnessReport(text);
  return witness === undefined
    ? { failure: { phase: "witness", message: "the first message is not a witness's report" } }
    : { witness };
}

function observed(response: IncomingMessage, body: string): ObservedResponse {
  const { rawHeaders } = response;
  const headers = Array.from({ length: rawHeaders.length / 2 }, (_, index): HeaderLine => [
    rawHeaders[index * 2]!,
    rawHeaders[index * 2 + 1]!,
  ]);
  return { status: response.statusCode ?? 0, headers, body };
}

function headerObject(lines: readonly HeaderLine[]): Record<string, string | string[]> {
  const names = [...new Set(lines.map(([name]) => name))];
  return Object.fromEntries(
    names.map((name) => {
      const values = valuesOf(lines, name);
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}

async function readExcerpt(response: IncomingMessage): Promise<string> {
  let text = "";
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      text += chunk.toString("latin1");
      if (text.length >= EXCERPT) break;
    }
  } catch {
    // The body is an extra; a refusal whose body breaks off is still that refusal.
  }
  return text.slice(0, EXCERPT);
}
