import { bodyScanner, responseFraming } from "../../http/body.ts";
import type { BodyFraming } from "../../http/body.ts";
import { parseResponseHead } from "../../http/head.ts";
import type { ResponseHead } from "../../http/head.ts";
import type { ByteStream } from "./byte-stream.ts";
import { PhaseError } from "./failure.ts";
import { headCollector, unfolded } from "./head-collector.ts";

/** Largest response head that is read, in bytes; interim answers before it count. */
export const MAX_HEAD = 256 * 1024;

export interface Answer {
  readonly head: ResponseHead;
  /** Bytes that came with the head and belong to what follows it. */
  readonly rest: Buffer;
}

/** Reads the head of the final answer; interim ones (RFC 9110 §15.2) are passed over, 101 is final. */
export async function readAnswer(stream: ByteStream): Promise<Answer> {
  let left = MAX_HEAD;
  let rest: Buffer = Buffer.alloc(0);
  for (;;) {
    const collected = await collectHead(stream, rest, left);
    left -= collected.head.length;
    rest = collected.rest;
    const head = parseResponseHead(unfolded(collected.head));
    if ("error" in head) throw new PhaseError("response", `the answer is not HTTP/1.1: ${head.error}`);
    if (head.status >= 200 || head.status === 101) return { head, rest };
  }
}

async function collectHead(stream: ByteStream, first: Buffer, limit: number): Promise<{ head: Buffer; rest: Buffer }> {
  const collect = headCollector(limit);
  let hasBytes = first.length > 0;
  let found = hasBytes ? collect(first) : undefined;
  while (found === undefined) {
    const bytes = await stream.read();
    if (bytes === undefined) throw new Error(`the server closed the connection${hasBytes ? "" : " without an answer"}`);
    hasBytes = true;
    found = collect(bytes);
  }
  return found;
}

/** The body of a GET's answer, chunks joined, piece by piece. Throws when it breaks off or its framing is malformed. */
export async function* bodyOf(stream: ByteStream, { head, rest }: Answer): AsyncGenerator<Buffer> {
  const framing = responseFraming("GET", head.status, head.headers);
  if ("error" in framing) throw new PhaseError("response", `the answer has ${framing.error}`);
  const scan = bodyScanner(framing);
  const decode = framing.kind === "chunked" ? chunkDecoder() : (bytes: Buffer) => bytes;
  for (let bytes: Buffer | undefined = rest; ; bytes = await stream.read()) {
    if (bytes === undefined) return endedBy(framing);
    const { body, done } = scan(bytes);
    const decoded = decode(body);
    if (decoded.length > 0) yield decoded;
    if (done) return;
  }
}

/** Only a body without a declared end may end with the connection (RFC 9112 §8). */
function endedBy({ kind }: BodyFraming): void {
  if (kind !== "until-close") throw new Error("the server closed the connection");
}

/** Takes the framing off the bytes of a chunked body that the scanner has found to be well formed. */
function chunkDecoder(): (bytes: Buffer) => Buffer {
  let line = "";
  let left = 0;
  let isOver = false;
  return (bytes) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length && !isOver;) {
      if (left > 0) {
        const piece = bytes.subarray(at, at + left);
        pieces.push(piece);
        left -= piece.length;
        at += piece.length;
        continue;
      }
      line += String.fromCharCode(bytes[at++]!);
      // The break after a chunk's data comes before the next size.
      if (line === "\r\n") line = "";
      if (!line.endsWith("\r\n")) continue;
      left = Number.parseInt(line, 16);
      isOver = left === 0;
      line = "";
    }
    return Buffer.concat(pieces);
  };
}
