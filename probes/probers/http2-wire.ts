import { performServerHandshake } from "node:http2";
import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { joinCookieCrumbs } from "../../http/cookie-crumbs.ts";
import type { RequestHead } from "../../http/head.ts";
import { firstValue, linesOf } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { openForHttp2 } from "./connect.ts";
import { PhaseError } from "./failure.ts";
import { FLAG, FRAME, PREFACE_BYTES, watchFrames } from "./http2-frames.ts";
import { MAX_HEAD } from "./raw-answer.ts";
import type { Opener } from "./recording.ts";

/** Bytes kept of what a client wrote: more than any head that a probe sends. */
const KEPT = 512 * 1024;

/** One HTTP/2 connection, with everything that crosses it in view. */
export interface Http2Wire {
  /** Opens and taps the connection; what was sent is known only after {@link Http2Wire.decode}. */
  readonly open: Opener;
  /** What a session reads and writes in the place of the socket: Node's sessions would pass a tap on the socket by. */
  readonly stream: () => Duplex;
  /** Reads the request's fields out of the bytes that left the client. */
  readonly decode: () => Promise<void>;
  /** Who ended the stream, and how; undefined: the connection is as it was, or broke. */
  readonly ended: () => StreamEnd | undefined;
}

/** The server said that its answer is whole, took it back, or leaves; or our own library refused it. */
export type StreamEnd = "whole" | "reset" | "gone" | "refused";

export const RULES_BROKEN = "the answer breaks the rules of HTTP/2 (RFC 9113)";

export function http2Wire(): Http2Wire {
  const written: Buffer[] = [];
  let size = 0;
  let end: StreamEnd | undefined;
  let sentHead: RequestHead | undefined;
  let stream: Duplex | undefined;
  return {
    open: (endpoint, mark) => {
      const socket = openForHttp2(endpoint, mark);
      const note = (how: StreamEnd): void => void (end = how === "whole" ? how : (end ?? how));
      const refuse = (): void => {
        // Node's session would wait for a server that it has told to leave.
        if (end === undefined) socket.destroy(new PhaseError("response", RULES_BROKEN));
        note("refused");
      };
      const outward = watchRequest({ sent: () => mark("sent"), refuses: refuse });
      const inward = watchAnswer({ begins: () => mark("firstByte"), ends: note });
      const keep = (bytes: Buffer): void => {
        if (size < KEPT) written.push(bytes);
        size += bytes.length;
        outward(bytes);
      };
      stream = streamOn(socket, { outward: keep, inward });
      return { socket, tap: { sentHead: () => sentHead } };
    },
    stream: () => stream!,
    decode: async () => void (sentHead = await decodeRequest(Buffer.concat(written))),
    ended: () => end,
  };
}

function watchRequest(on: { sent: () => void; refuses: () => void }): (bytes: Buffer) => void {
  return watchFrames(PREFACE_BYTES, {
    begins: ({ type }) => {
      if (type === FRAME.reset || type === FRAME.goAway) on.refuses();
    },
    ends: ({ type, flags }) => {
      const isHead = type === FRAME.headers || type === FRAME.continuation;
      if (isHead && (flags & FLAG.endHeaders) !== 0) on.sent();
    },
  });
}

/** Heads are no part of what flow control bounds: interim answers without end would be read without end. */
function watchAnswer(on: { begins: () => void; ends: (how: StreamEnd) => void }): (bytes: Buffer) => void {
  let heads = 0;
  return watchFrames(0, {
    begins: ({ type, stream, length }) => {
      if (type === FRAME.goAway) on.ends("gone");
      if (stream === 0) return;
      if (type === FRAME.reset) on.ends("reset");
      if (type !== FRAME.headers && type !== FRAME.continuation) return;
      on.begins();
      heads += length;
      if (heads > MAX_HEAD) throw new PhaseError("response", TOO_LARGE);
    },
    ends: ({ type, flags, stream }) => {
      const mayEnd = stream !== 0 && (type === FRAME.headers || type === FRAME.data);
      if (mayEnd && (flags & FLAG.endStream) !== 0) on.ends("whole");
    },
  });
}

const TOO_LARGE = `the head of the answer is larger than ${MAX_HEAD} bytes, interim ones included`;

interface Taps {
  readonly outward: (bytes: Buffer) => void;
  readonly inward: (bytes: Buffer) => void;
}

function streamOn(socket: Socket, { outward, inward }: Taps): Duplex {
  const stream = new Duplex({
    read: () => void socket.resume(),
    write: (bytes: Buffer, _, done) => {
      outward(bytes);
      socket.write(bytes, done);
    },
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (bytes: Buffer) => {
    try {
      inward(bytes);
      if (!stream.push(bytes)) socket.pause();
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  socket.once("end", () => stream.push(null)).once("error", (error) => stream.destroy(error));
  return stream.on("error", () => undefined);
}

/**
 * What a server would read out of these bytes: they are given to one that has no socket. Undefined where they hold no
 * whole head. HPACK has a state, so that a client's bytes can be read from the beginning alone (RFC 7541 §2.2).
 */
export async function decodeRequest(bytes: Buffer): Promise<RequestHead | undefined> {
  if (bytes.length === 0) return undefined;
  const wire = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
  const limits = { maxHeaderListPairs: 10_000, settings: { maxHeaderListSize: KEPT } };
  const reader = performServerHandshake(wire, limits);
  try {
    return await new Promise<RequestHead | undefined>((resolve) => {
      const nothing = (): void => resolve(undefined);
      reader.on("stream", (stream: ServerHttp2Stream, ...[, , raw]: [unknown, unknown, string[]]) => {
        stream.on("error", () => undefined);
        resolve(headOf(linesOf(raw)));
      });
      reader.on("error", nothing).on("close", nothing);
      wire.on("error", nothing);
      wire.push(bytes);
      // The end comes after all that was read before it.
      wire.push(null);
    });
  } finally {
    reader.destroy();
  }
}

function headOf(fields: readonly HeaderLine[]): RequestHead {
  const lines = fields.map(([name, value]): HeaderLine => [name === ":authority" ? "host" : name, value]);
  return {
    method: firstValue(fields, ":method") ?? "",
    target: firstValue(fields, ":path") ?? "",
    version: "2",
    headers: joinCookieCrumbs(lines.filter(([name]) => !name.startsWith(":"))),
  };
}
