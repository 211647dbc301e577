import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { hasHeader, linesOf, listMembers, valuesOf, withoutHeader } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import type { Observation, ObservedClose, ObservedResponse } from "../facts/observation.ts";
import { authorityOf } from "./authority.ts";
import { EXCERPT, MAX_ANSWER, readBody, refusalLimits } from "./body.ts";
import { CLOSE_MS, NORMAL, NO_FRAME } from "./conversation.ts";
import { PhaseError, abortFailure } from "./failure.ts";
import { handshakeProblem } from "./handshake.ts";
import { startRecording } from "./recording.ts";
import type { Recording } from "./recording.ts";
import { closedEarly, readFirstMessage, readWitnessReport } from "./witness-answer.ts";

const PROTOCOL = "Sec-WebSocket-Protocol";

const NOT_SWITCHED = "the client library does not take the 101 for an upgrade";

/** Most pings that are answered before the first message: a witness sends none. */
const MAX_PINGS = 1000;

/** Opens one WebSocket, waits for the witness's first message, closes it, and records all of it. */
export async function probeWebSocket(attempt: Attempt, endpoint: Endpoint, signal: AbortSignal): Promise<Observation> {
  const recording = startRecording(attempt, endpoint, "websocket");
  if (signal.aborted) return recording.conclude({ failure: abortFailure(signal) });
  let socket: WebSocket | undefined;
  try {
    socket = openWebSocket(attempt, endpoint, recording);
  } catch (error) {
    // The words of the library would repeat what was to be sent.
    const refusal = new PhaseError("send", "the client library refuses to send this request");
    return recording.conclude({ failure: recording.failure(error instanceof PhaseError ? error : refusal, signal) });
  }
  try {
    const seen = await firstEvent(socket, recording, signal);
    const isUp = socket.readyState === WebSocket.OPEN || socket.readyState === WebSocket.CLOSING;
    const close =
      isUp && seen.response?.status === 101 && !signal.aborted
        ? await closeSocket(socket, recording, signal)
        : undefined;
    return recording.conclude({ ...seen, ...(close !== undefined && { close }) });
  } finally {
    socket.terminate();
  }
}

function openWebSocket({ lines, target }: Attempt, { scheme, host }: Endpoint, recording: Recording): WebSocket {
  const url = `${scheme === "http" ? "ws" : "wss"}://${authorityOf(host)}${target}`;
  const own = hasHeader(lines, "user-agent") ? {} : { "User-Agent": "headgate" };
  const socket = new WebSocket(url, listMembers(valuesOf(lines, PROTOCOL)), {
    headers: { ...own, ...headerObject(withoutHeader(lines, PROTOCOL)) },
    perMessageDeflate: false,
    maxPayload: MAX_ANSWER,
    followRedirects: false,
    createConnection: recording.open as never,
  });
  // Ending a socket that is still opening is reported as an error, after everything has been recorded.
  return socket.on("error", () => undefined);
}

/** What decides the attempt: the first message, a refusal, an error, or the end of time. */
async function firstEvent(socket: WebSocket, recording: Recording, signal: AbortSignal): Promise<Partial<Observation>> {
  let seen: Partial<Observation> = {};
  const abort = (): void => abortWaiting();
  let abortWaiting = (): void => undefined;
  let isDecided = false;
  try {
    const more = await new Promise<Partial<Observation>>((resolve, reject) => {
      abortWaiting = () => reject(new Error("the attempt was ended"));
      signal.addEventListener("abort", abort, { once: true });
      // Emitted before the library judges the answer, so a refused subprotocol is still seen.
      socket.on("upgrade", (response) => {
        recording.mark("head");
        seen = { response: observed(response, ""), subprotocol: response.headers["sec-websocket-protocol"] ?? "" };
      });
      socket.on("open", () => {
        const problem = handshakeProblem(recording.sent() ?? [], seen.response!);
        if (problem === undefined) recording.mark("upgrade");
        else reject(new PhaseError("handshake", problem));
      });
      socket.on("unexpected-response", (_, response) => {
        recording.mark("head");
        // Node passes a 101 without `Connection: Upgrade` for a plain answer.
        if (response.statusCode !== 101) return void readRefusal(response, signal).then(resolve);
        seen = { response: observed(response, "") };
        reject(new PhaseError("handshake", handshakeProblem(recording.sent() ?? [], seen.response!) ?? NOT_SWITCHED));
      });
      socket.on("message", (data: Buffer) => {
        recording.mark("firstMessage");
        resolve(readFirstMessage(data.toString("utf8")));
      });
      let pings = 0;
      socket.on("ping", () => {
        if (++pings > MAX_PINGS) reject(new PhaseError("frame", `the server sent more than ${MAX_PINGS} pings`));
      });
      socket.on("close", (code, reason) => {
        if (isDecided) return;
        recording.mark("close");
        const close = closeOf(code, reason);
        seen = { ...seen, close };
        reject(closedEarly(close));
      });
      socket.on("error", (error: Error) => reject(error));
    });
    return { ...seen, ...more };
  } catch (error) {
    return { ...seen, failure: recording.failure(error, signal) };
  } finally {
    isDecided = true;
    signal.removeEventListener("abort", abort);
  }
}

/** Closes with 1000, unless the server has begun to close, and waits briefly for the answer, whatever comes in between. */
async function closeSocket(socket: WebSocket, recording: Recording, signal: AbortSignal): Promise<ObservedClose> {
  let stop = (): void => undefined;
  const isOurs = socket.readyState === WebSocket.OPEN;
  const end = new Promise<ObservedClose>((resolve) => {
    stop = () => resolve(closeOf(NO_FRAME, Buffer.alloc(0)));
    socket.once("close", (code, reason) => resolve(closeOf(code, reason)));
  });
  const timer = setTimeout(stop, CLOSE_MS);
  signal.addEventListener("abort", stop, { once: true });
  socket.close(NORMAL);
  const close = await end;
  if (close.code !== NO_FRAME) recording.mark("close");
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
  return isOurs ? { by: "client", code: NORMAL, reason: "" } : close;
}

function closeOf(code: number, reason: Buffer): ObservedClose {
  return { by: code === NO_FRAME ? "nobody" : "server", code, reason: reason.toString("utf8") };
}

function observed(response: IncomingMessage, body: string): ObservedResponse {
  return { status: response.statusCode ?? 0, headers: linesOf(response.rawHeaders), body };
}

/** A refusal is known by its status: a body that stalls or breaks off changes nothing of it. */
async function readRefusal(response: IncomingMessage, signal: AbortSignal): Promise<Partial<Observation>> {
  const limits = refusalLimits(signal, response.statusCode ?? 0);
  const { bytes } = await readBody(response as AsyncIterable<Buffer>, limits);
  const witness = readWitnessReport(bytes.toString("utf8"));
  if (witness !== undefined) return { response: observed(response, ""), witness };
  return { response: observed(response, bytes.subarray(0, EXCERPT).toString("utf8")) };
}

/** No name stands on several lines here: such an attempt is the raw prober's. */
function headerObject(lines: readonly HeaderLine[]): Record<string, string> {
  return Object.fromEntries(lines);
}
