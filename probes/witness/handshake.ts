import { createHash } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { writeHead } from "../../http/head.ts";
import { linesOf, listMembers, valuesOf } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { CLOSE_MS } from "./limits.ts";

/** RFC 6455 §1.3. */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A key is 16 bytes in base64 (RFC 6455 §4.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

export interface Refusal {
  readonly status: 400 | 404 | 426 | 503;
  readonly body: string;
  readonly headers?: readonly HeaderLine[];
}

/** Why this request opens no WebSocket (RFC 6455 §4.2.1); undefined: it does. */
export function handshakeProblem({ method, headers }: IncomingMessage): Refusal | undefined {
  if (method !== "GET" || headers.upgrade?.toLowerCase() !== "websocket")
    return { status: 400, body: "a WebSocket is opened by GET with Upgrade: websocket\n" };
  if (!KEY.test(headers["sec-websocket-key"] ?? ""))
    return { status: 400, body: "Sec-WebSocket-Key is missing or is not one key\n" };
  if (headers["sec-websocket-version"] === "13") return undefined;
  return { status: 426, body: "Sec-WebSocket-Version must be 13\n", headers: [["Sec-WebSocket-Version", "13"]] };
}

/** The head of the 101 (RFC 6455 §4.2.2): the first of `subprotocols` that is offered, no extension. */
export function switching({ headers, rawHeaders }: IncomingMessage, subprotocols: readonly string[]): Buffer {
  const accept = createHash("sha1").update(`${headers["sec-websocket-key"]}${MAGIC}`).digest("base64");
  const offered = listMembers(valuesOf(linesOf(rawHeaders), "Sec-WebSocket-Protocol"));
  const selected = subprotocols.find((name) => offered.includes(name));
  return writeHead("HTTP/1.1 101 Switching Protocols", [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", accept],
    ...(selected === undefined ? [] : [["Sec-WebSocket-Protocol", selected] as const]),
  ]);
}

/** Answers an upgrade with a status instead, and ends the connection. */
export function refuseUpgrade(socket: Duplex, { status, body, headers = [] }: Refusal): void {
  socket.on("error", () => socket.destroy());
  const head = writeHead(`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, [
    ["Connection", "close"],
    ...headers,
    ...(body === "" ? [] : [["Content-Type", "text/plain"] as const]),
    ["Content-Length", String(Buffer.byteLength(body))],
  ]);
  socket.end(Buffer.concat([head, Buffer.from(body)]));
  // What the client sends meanwhile is read and dropped: an unread byte would reset the connection, and the answer with it.
  socket.resume();
  setTimeout(() => socket.destroy(), CLOSE_MS).unref();
}
