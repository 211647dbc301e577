import type { Socket } from "node:net";
import type { ObservedClose } from "../facts/observation.ts";
import type { ByteStream } from "./byte-stream.ts";
import { NO_CODE, OPCODE, closePayload, frameReader, maskedFrame } from "./frames.ts";
import type { FrameEvent } from "./frames.ts";

/** How long the answer to a Close frame is waited for, in milliseconds. */
export const CLOSE_MS = 1000;

/** Answers to pings stop while so many bytes wait to be read by the other side. */
const MAX_UNREAD = 64 * 1024;

/** RFC 6455 §7.4.1: stands for a connection that ended without a Close frame. */
export const NO_FRAME = 1006;

/** The code that a client closes with when it has seen what it came for. */
export const NORMAL = 1000;

/** An open WebSocket, seen from a client that listens. */
export interface Conversation {
  /** The first message, or how the server ended the socket before it. Throws on a frame that must be refused. */
  readonly firstMessage: () => Promise<{ readonly text: string } | { readonly close: ObservedClose }>;
  /** Closes with 1000, unless the server has begun to, and waits briefly for the answer, whatever comes in between. */
  readonly close: () => Promise<{ readonly close: ObservedClose; readonly isAnswered: boolean }>;
}

export function converse(socket: Socket, stream: ByteStream, options: { rest: Buffer; limit: number }): Conversation {
  const read = frameReader(options.limit);
  const events: FrameEvent[] = [];
  let fed: Buffer | undefined = options.rest;
  const next = async (): Promise<FrameEvent | undefined> => {
    for (;;) {
      const event = events.shift();
      if (event !== undefined) return event;
      if (fed === undefined) return undefined;
      events.push(...read(fed));
      if (events.length === 0) fed = await stream.read();
      else fed = Buffer.alloc(0);
    }
  };
  const send = (opcode: number, payload: Buffer): void => {
    if (socket.writable && socket.writableLength < MAX_UNREAD) socket.write(maskedFrame(opcode, payload));
  };
  // RFC 6455 §5.5.1: a Close frame is answered with the same code.
  const agree = ({ code, reason }: { readonly code: number; readonly reason: string }): ObservedClose => {
    send(OPCODE.close, code === NO_CODE ? Buffer.alloc(0) : closePayload(code));
    return { by: "server", code, reason };
  };
  return {
    firstMessage: async () => {
      for (;;) {
        const event = await next();
        if (event === undefined) return { close: { by: "nobody", code: NO_FRAME, reason: "" } };
        if (event.kind === "ping") send(OPCODE.pong, event.payload);
        if (event.kind === "message") return { text: event.text };
        if (event.kind === "close") return { close: agree(event) };
      }
    },
    close: async () => {
      const begun = events.find((event) => event.kind === "close");
      if (begun !== undefined) return { close: agree(begun), isAnswered: true };
      send(OPCODE.close, closePayload(NORMAL));
      const isAnswered = await answered(next, stream);
      return { close: { by: "client", code: NORMAL, reason: "" }, isAnswered };
    },
  };
}

async function answered(next: () => Promise<FrameEvent | undefined>, stream: ByteStream): Promise<boolean> {
  const timer = setTimeout(stream.stop, CLOSE_MS);
  try {
    for (;;) {
      const event = await next();
      if (event === undefined || event.kind === "close") return event !== undefined;
    }
  } catch {
    // What comes after the report is no evidence: a broken end is an end without an answer.
    return false;
  } finally {
    clearTimeout(timer);
  }
}
