import type { Socket } from "node:net";
import { endOfHead, parseRequestHead } from "../../http/head.ts";
import type { RequestHead } from "../../http/head.ts";

/** Bytes kept of what a client wrote: more than any head that a probe sends. */
const KEPT = 512 * 1024;

/** Reads along on a socket: the head of the first request, as its bytes left the client. */
export interface WireTap {
  readonly sentHead: () => RequestHead | undefined;
}

/**
 * Taps a socket before its first byte. Libraries change what they are told to send (names, order, joins), so what was
 * sent is what was written here, never what was asked for.
 */
export function tapSocket(socket: Socket): WireTap {
  let bytes: Buffer = Buffer.alloc(0);
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
    if (bytes.length < KEPT && endOfHead(bytes) === -1) {
      const encoding = typeof rest[0] === "string" ? (rest[0] as BufferEncoding) : "utf8";
      bytes = Buffer.concat([bytes, typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk]);
    }
    return write(chunk, ...rest);
  };
  return {
    sentHead: () => {
      const end = endOfHead(bytes);
      const head = end === -1 ? undefined : parseRequestHead(bytes.subarray(0, end));
      return head === undefined || "error" in head ? undefined : head;
    },
  };
}
