import type { Socket } from "node:net";
import { writeHead } from "../../http/head.ts";
import type { HeaderLine } from "../../http/header-list.ts";

/** How an answer of the edge itself is to be given. */
export interface Reply {
  readonly socket: Socket;
  /** An answer to HEAD has the head alone (RFC 9110 §9.3.2). */
  readonly isHead: boolean;
  readonly closing: boolean;
}

export interface OwnAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: readonly HeaderLine[];
}

/** Gives an answer without a backend; true when the connection lives on. */
export function giveAnswer({ socket, isHead, closing }: Reply, { status, body, headers = [] }: OwnAnswer): boolean {
  if (socket.destroyed || socket.writableEnded) return false;
  const lines: HeaderLine[] = [
    ...headers,
    ["content-length", String(Buffer.byteLength(body))],
    ["via", "1.1 google"],
    ...(closing ? [["connection", "close"] as const] : []),
  ];
  socket.write(Buffer.concat([writeHead(`HTTP/1.1 ${status} Edge`, lines), Buffer.from(isHead ? "" : body)]));
  return !closing;
}
