import type { Socket } from "node:net";
import { endOfHead } from "../../http/head.ts";
import type { RequestHead } from "../../http/head.ts";
import { trimBlanks } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { unfolded } from "./head-collector.ts";

/** Bytes kept of what a client wrote: more than any head that a probe sends. */
const KEPT = 512 * 1024;

/** Reads along on a socket: the head of the first request, as its bytes left the client. */
export interface WireTap {
  readonly sentHead: () => RequestHead | undefined;
}

/**
 * Taps a socket before its first byte. Libraries change what they are told to send (names, order, joins), so what was
 * sent is what was written here, never what was asked for. `onMoment` is called when the last byte of the head is
 * written, and when the first byte comes back.
 */
export function tapSocket(socket: Socket, onMoment: (moment: "sent" | "firstByte") => void = () => undefined): WireTap {
  let bytes: Buffer = Buffer.alloc(0);
  let end = -1;
  let head: RequestHead | undefined;
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
    const encoding = typeof rest[0] === "string" ? (rest[0] as BufferEncoding) : "utf8";
    bytes = Buffer.concat([bytes, typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk]);
    end = endOfHead(bytes);
    // What comes after the head is nobody's business here.
    if (end !== -1 || bytes.length >= KEPT) socket.write = write;
    if (end !== -1) onMoment("sent");
    return write(chunk, ...rest);
  };
  // Where bytes come in, before any reader: a listener would set the stream flowing.
  const push = socket.push.bind(socket);
  socket.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk !== null) {
      onMoment("firstByte");
      socket.push = push;
    }
    return push(chunk, encoding);
  };
  return {
    sentHead: () => (head ??= end === -1 ? undefined : readHead(bytes.subarray(0, end))),
  };
}

/** The head as it was written: a probe may send lines on purpose that no server would accept. */
function readHead(bytes: Buffer): RequestHead | undefined {
  const [start = "", ...lines] = unfolded(bytes).toString("latin1").slice(0, -4).split("\r\n");
  const match = /^(\S+) (\S+) HTTP\/(\d\.\d)$/.exec(start);
  if (match === null) return undefined;
  return { method: match[1]!, target: match[2]!, version: match[3]!, headers: lines.map(lineOf) };
}

function lineOf(line: string): HeaderLine {
  const colon = line.indexOf(":");
  return colon === -1 ? [line, ""] : [line.slice(0, colon), trimBlanks(line.slice(colon + 1))];
}
