import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { linesOf, listMembers, valuesOf, withoutHeader } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation, ObservedResponse } from "../facts/observation.ts";
import { abortFailure, failureOf } from "./failure.ts";
import { startRecording } from "./recording.ts";
import type { Recording } from "./recording.ts";
import { MAX_ANSWER, readWitnessReport } from "./witness-answer.ts";

const PROTOCOL = "Sec-WebSocket-Protocol";
/** Bytes of a refusal's body that are kept. */
const EXCERPT = 4096;

/** Opens one WebSocket, waits for the witness's first message, closes it, and records all of it. */
export async function probeWebSocket(attempt: Attempt, endpoint: Endpoint, signal: AbortSignal): Promise<Observation> {
  const recording = startRecording(attempt, endpoint);
  let socket: WebSocket | undefined;
  try {
    socket = openWebSocket(attempt, endpoint, recording);
    return recording.conclude(await firstEvent(socket, signal));
  } catch {
    // Its words would repeat what was to be sent.
    return recording.conclude({
      failure: { phase: "send", message: "the client library refuses to send this request" },
    });
  } finally {
    socket?.terminate();
  }
}

function openWebSocket({ lines, target }: Attempt, { scheme, host }: Endpoint, recording: Recording): WebSocket {
  const url = `${scheme === "http" ? "ws" : "wss"}://${host}${target}`;
  const socket = new WebSocket(url, listMembers(valuesOf(lines, PROTOCOL)), {
    headers: { "User-Agent": "headgate", ...headerObject(withoutHeader(lines, PROTOCOL)) },
    perMessageDeflate: false,
    maxPayload: MAX_ANSWER,
    followRedirects: false,
    createConnection: recording.open as never,
  });
  // Ending a socket that is still opening is reported as an error, after everything has been recorded.
  return socket.on("error", () => undefined);
}

/** What decides the attempt: the first message, a refusal, an error, or the end of time. */
function firstEvent(socket: WebSocket, signal: AbortSignal): Promise<Partial<Observation>> {
  return new Promise((resolve) => {
    let seen: Partial<Observation> = {};
    const decide = (more: Partial<Observation>): void => resolve({ ...seen, ...more });
    const failWith = (failure: Observation["failure"]): void => decide({ ...(failure !== undefined && { failure }) });
    if (signal.aborted) return failWith(abortFailure(signal));
    signal.addEventListener("abort", () => failWith(abortFailure(signal)), { once: true });
    // Emitted before the library judges the answer, so a refused subprotocol is still seen.
    socket.on("upgrade", (response) => {
      seen = { response: observed(response, ""), subprotocol: response.headers["sec-websocket-protocol"] ?? "" };
    });
    socket.on("unexpected-response", (_, response) => {
      void readExcerpt(response).then((body) => decide({ response: observed(response, body) }));
    });
    socket.on("message", (data: Buffer) => decide(firstMessage(data.toString("utf8"))));
    socket.on("close", (code) =>
      failWith({ phase: "witness", message: `the socket closed with ${code} before a first message` }),
    );
    socket.on("error", (error) => failWith(failureOf(error, signal)));
  });
}

function firstMessage(text: string): Partial<Observation> {
  const witness = readWitnessReport(text);
  return witness === undefined
    ? { failure: { phase: "witness", message: "the first message is not a witness's report" } }
    : { witness };
}

function observed(response: IncomingMessage, body: string): ObservedResponse {
  return { status: response.statusCode ?? 0, headers: linesOf(response.rawHeaders), body };
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
