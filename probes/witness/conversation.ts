import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { OPCODE, clientFrames, closeFrame, serverFrame } from "./frames.ts";
import type { ClientEvent } from "./frames.ts";
import { CLOSE_MS, MAX_MESSAGE } from "./limits.ts";
import type { Limits } from "./limits.ts";

/** RFC 6455 §7.4.1. */
export const NORMAL = 1000;
export const GOING_AWAY = 1001;

export interface Conversation {
  /** Begins the closing handshake; the socket is gone a second later at the latest. */
  readonly close: (code: number, reason: string) => void;
}

/** What is said on one socket, and how it ends. */
interface Line {
  readonly socket: Duplex;
  /**
   * Writes unless a Close frame has been sent: after it nothing may follow (RFC 6455 §5.5.1). Nothing more is read until
   * what is written drains: memory holds one message and one piece, whatever a client sends.
   */
  readonly send: (frame: Buffer) => void;
  /** Sends a Close frame, once. */
  readonly sendClose: (code: number | undefined, reason?: string) => void;
  /** Ends the stream, and after a second whatever is left of it. */
  readonly hangUp: () => void;
}

/**
 * Holds the witness's end of an open WebSocket: `opening` (the 101 and the report) goes out first, then every message is
 * echoed as it came. Pings are answered, silence is pinged, and it ends at the end of its lifetime.
 */
export function converse(socket: Duplex, opening: Buffer, early: Buffer, limits: Limits): Conversation {
  const line = lineOn(socket);
  const read = clientFrames(MAX_MESSAGE);
  const timers = watchTime(line, limits);
  const hear = (bytes: Buffer): void => {
    timers.heard();
    for (const event of read(bytes)) reply(line, event);
  };
  (socket as Partial<Socket>).setTimeout?.(0);
  (socket as Partial<Socket>).setNoDelay?.(true);
  socket.on("error", () => socket.destroy());
  socket.on("drain", () => socket.resume());
  socket.on("end", line.hangUp);
  socket.on("close", timers.stop);
  line.send(opening);
  socket.on("data", hear);
  if (early.length > 0) hear(early);
  return { close: line.sendClose };
}

function lineOn(socket: Duplex): Line {
  let isClosing = false;
  const send = (frame: Buffer): void => {
    if (!isClosing && socket.writable && !socket.write(frame)) socket.pause();
  };
  const endSoon = (): void => {
    isClosing = true;
    // Read on, for the client's Close frame; and a connection with unread bytes would be reset, and ours lost.
    socket.resume();
    setTimeout(() => socket.destroy(), CLOSE_MS).unref();
  };
  return {
    socket,
    send,
    sendClose: (code, reason) => {
      if (isClosing) return;
      send(closeFrame(code, reason));
      endSoon();
    },
    hangUp: () => {
      if (socket.writable) socket.end();
      endSoon();
    },
  };
}

function reply(line: Line, event: ClientEvent): void {
  switch (event.kind) {
    case "message":
      return line.send(serverFrame(event.isBinary ? OPCODE.binary : OPCODE.text, event.bytes));
    case "ping":
      return line.send(serverFrame(OPCODE.pong, event.payload));
    case "pong":
      return;
    case "close":
      line.sendClose(event.code);
      return line.hangUp();
    case "violation":
      line.sendClose(event.code, event.reason);
      return line.hangUp();
  }
}

interface Timers {
  readonly heard: () => void;
  readonly stop: () => void;
}

function watchTime({ socket, send, sendClose }: Line, { lifetimeMs, silenceMs }: Limits): Timers {
  const end = setTimeout(() => sendClose(NORMAL, "the witness's lifetime of a socket is over"), lifetimeMs).unref();
  let isPinged = false;
  const silence =
    silenceMs === 0
      ? undefined
      : setTimeout(() => {
          if (isPinged) return void socket.destroy();
          isPinged = true;
          send(serverFrame(OPCODE.ping, Buffer.alloc(0)));
          silence!.refresh();
        }, silenceMs).unref();
  return {
    heard: () => {
      isPinged = false;
      silence?.refresh();
    },
    stop: () => {
      clearTimeout(end);
      clearTimeout(silence);
    },
  };
}
