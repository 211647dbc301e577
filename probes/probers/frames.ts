import { isUtf8 } from "node:buffer";
import { PhaseError } from "./failure.ts";
import { randomBytes } from "./random-bytes.ts";

export type FrameEvent =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "ping" | "pong"; readonly payload: Buffer }
  | { readonly kind: "close"; readonly code: number; readonly reason: string };

const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
export const OPCODE = { close: 0x8, ping: 0x9, pong: 0xa } as const;
const KNOWN = new Set<number>([CONTINUATION, TEXT, BINARY, ...Object.values(OPCODE)]);

/** RFC 6455 §7.4.1: stands for a Close frame without a code. */
export const NO_CODE = 1005;

/** RFC 6455 §5.5: the longest payload of a control frame, in bytes. */
const MAX_CONTROL = 125;

/** Most frames that one connection may send: a witness sends a handful. */
const MAX_FRAMES = 10_000;

interface FrameHead {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly length: number;
}

/**
 * A function that is fed what a server sends after its 101 and gives what the frames say (RFC 6455 §5). Messages are
 * whole, fragments joined. Throws a {@link PhaseError} for a frame that a client must refuse, and for more than `limit`
 * bytes of one message.
 */
export function frameReader(limit: number): (bytes: Buffer) => FrameEvent[] {
  const queue = byteQueue();
  const join = messageJoiner(limit);
  let head: FrameHead | undefined;
  let frames = 0;
  let broken: Error | undefined;
  const readInto = (events: FrameEvent[]): void => {
    for (;;) {
      head ??= takeHead(queue);
      if (head === undefined) return;
      if (head.length > limit) throw refused(`a message is larger than ${limit} bytes`);
      const payload = queue.take(head.length);
      if (payload === undefined) return;
      if (++frames > MAX_FRAMES) throw refused(`the server sent more than ${MAX_FRAMES} frames`);
      const event = head.opcode >= OPCODE.close ? controlEvent(head, payload) : join(head, payload);
      head = undefined;
      if (event !== undefined) events.push(event);
      if (event?.kind === "close") return;
    }
  };
  return (bytes) => {
    if (broken !== undefined) throw broken;
    queue.push(bytes);
    const events: FrameEvent[] = [];
    try {
      readInto(events);
    } catch (error) {
      // What came before a frame that must be refused was said all the same, however the network cut the bytes.
      if (events.length === 0) throw error;
      broken = error as Error;
    }
    return events;
  };
}

/** One frame as a client sends it: masked with a fresh key (RFC 6455 §5.3). The payload has 125 bytes at most. */
export function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const key = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ key[index % 4]!);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), key, masked]);
}

/** The payload of a Close frame. */
export function closePayload(code: number, reason = ""): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return Buffer.concat([bytes, Buffer.from(reason)]);
}

function takeHead(queue: ByteQueue): FrameHead | undefined {
  const start = queue.peek(2);
  if (start === undefined) return undefined;
  const [first, second] = [start[0]!, start[1]!];
  const opcode = first & 0x0f;
  const isFinal = (first & 0x80) !== 0;
  if ((first & 0x70) !== 0)
    throw refused(`${reservedBits(first)} set in a frame, and no extension was negotiated (RFC 6455 §5.2)`);
  if ((second & 0x80) !== 0) throw refused("the server masks its frames (RFC 6455 §5.1)");
  if (!KNOWN.has(opcode)) throw refused(`a frame has the reserved opcode ${opcode}`);
  const short = second & 0x7f;
  if (opcode >= OPCODE.close && (!isFinal || short > MAX_CONTROL))
    throw refused("a control frame is fragmented or longer than 125 bytes (RFC 6455 §5.5)");
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const whole = queue.peek(2 + extra);
  if (whole === undefined) return undefined;
  queue.take(2 + extra);
  const length = extra === 0 ? short : extra === 2 ? whole.readUInt16BE(2) : Number(whole.readBigUInt64BE(2));
  return { isFinal, opcode, length };
}

function reservedBits(first: number): string {
  const bits = (
    [
      [0x40, "RSV1"],
      [0x20, "RSV2"],
      [0x10, "RSV3"],
    ] as const
  ).filter(([bit]) => (first & bit) !== 0);
  return `${bits.map(([, name]) => name).join(", ")} ${bits.length === 1 ? "is" : "are"}`;
}

function controlEvent({ opcode }: FrameHead, payload: Buffer): FrameEvent {
  if (opcode === OPCODE.ping) return { kind: "ping", payload };
  if (opcode === OPCODE.pong) return { kind: "pong", payload };
  if (payload.length === 0) return { kind: "close", code: NO_CODE, reason: "" };
  if (payload.length === 1) throw refused("a Close frame holds half a code");
  const code = payload.readUInt16BE(0);
  if (!isCloseCode(code)) throw refused(`a Close frame has the code ${code}, which none may have (RFC 6455 §7.4)`);
  return { kind: "close", code, reason: utf8(payload.subarray(2)) };
}

/** RFC 6455 §7.4 and the registry it opened: 1004, 1005, 1006 and 1015 never stand in a frame. */
function isCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}

/** Joins fragments to messages (RFC 6455 §5.4). */
function messageJoiner(limit: number): (head: FrameHead, payload: Buffer) => FrameEvent | undefined {
  let open: { opcode: number; pieces: Buffer[]; size: number } | undefined;
  return ({ opcode, isFinal }, payload) => {
    if (opcode === CONTINUATION && open === undefined) throw refused("a fragment continues no message");
    if (opcode !== CONTINUATION && open !== undefined) throw refused("a message begins inside another");
    open ??= { opcode, pieces: [], size: 0 };
    open.size += payload.length;
    if (open.size > limit) throw refused(`a message is larger than ${limit} bytes`);
    if (payload.length > 0) open.pieces.push(payload);
    if (!isFinal) return undefined;
    const whole = open.pieces.length === 1 ? open.pieces[0]! : Buffer.concat(open.pieces);
    const text = open.opcode === TEXT ? utf8(whole) : whole.toString("latin1");
    open = undefined;
    return { kind: "message", text };
  };
}

function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw refused("a text is not UTF-8 (RFC 6455 §8.1)");
  return bytes.toString("utf8");
}

function refused(message: string): PhaseError {
  return new PhaseError("frame", message);
}

interface ByteQueue {
  readonly push: (bytes: Buffer) => void;
  /** The next bytes, left where they are; undefined while there are fewer. */
  readonly peek: (count: number) => Buffer | undefined;
  /** The next bytes, taken off. */
  readonly take: (count: number) => Buffer | undefined;
}

/** Pieces are joined only when enough of them are there: small pieces of a large message cost no more than large ones. */
function byteQueue(): ByteQueue {
  let pieces: Buffer[] = [];
  let size = 0;
  const peek = (count: number): Buffer | undefined => {
    if (size < count) return undefined;
    if ((pieces[0]?.length ?? 0) < count) pieces = [Buffer.concat(pieces)];
    return pieces[0]?.subarray(0, count) ?? Buffer.alloc(0);
  };
  return {
    push: (bytes) => {
      if (bytes.length === 0) return;
      pieces.push(bytes);
      size += bytes.length;
    },
    peek,
    take: (count) => {
      const taken = peek(count);
      if (taken === undefined || count === 0) return taken;
      size -= count;
      const rest = pieces[0]!.subarray(count);
      if (rest.length > 0) pieces[0] = rest;
      else pieces.shift();
      return taken;
    },
  };
}
