import { isUtf8 } from "node:buffer";

/** What a client's frames say; a `violation` is the last, with the code to close with (RFC 6455 §7.4.1). */
export type ClientEvent =
  | { readonly kind: "message"; readonly bytes: Buffer; readonly isBinary: boolean }
  | { readonly kind: "ping" | "pong"; readonly payload: Buffer }
  | { readonly kind: "close"; readonly code: number | undefined }
  | Violation;

export interface Violation {
  readonly kind: "violation";
  readonly code: 1002 | 1007 | 1009;
  readonly reason: string;
}

/** RFC 6455 §5.2. */
export const OPCODE = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;
const OPCODES: readonly number[] = Object.values(OPCODE);

/** RFC 6455 §5.5: the longest payload of a control frame, in bytes. */
const MAX_CONTROL = 125;

interface FrameHead {
  readonly kind: "head";
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly length: number;
  readonly mask: Buffer;
}

/** A frame whose payload is arriving. */
interface OpenFrame {
  readonly head: FrameHead;
  readonly into: Gathered;
  left: number;
}

interface OpenMessage {
  readonly opcode: number;
  readonly gathered: Gathered;
}

/**
 * A function that is fed what a client sends after the 101 and gives what its frames say (RFC 6455 §5), messages whole.
 * Holds `limit` bytes of one message at most. After a violation or a Close it says nothing more.
 */
export function clientFrames(limit: number): (bytes: Buffer) => ClientEvent[] {
  const nextHead = headReader();
  let frame: OpenFrame | undefined;
  let message: OpenMessage | undefined;
  let isOver = false;
  const begin = (head: FrameHead | Violation): OpenFrame | Violation => {
    if (head.kind === "violation") return head;
    const problem = problemOf(head, message, limit);
    if (problem !== undefined) return problem;
    if (head.opcode >= OPCODE.close) return { head, into: gather(MAX_CONTROL), left: head.length };
    message ??= { opcode: head.opcode, gathered: gather(limit) };
    return { head, into: message.gathered, left: head.length };
  };
  const finish = ({ head, into }: OpenFrame): ClientEvent | undefined => {
    if (head.opcode >= OPCODE.close) return controlEvent(head.opcode, into.whole());
    const whole = head.isFinal ? message : undefined;
    if (whole === undefined) return undefined;
    message = undefined;
    return messageEvent(whole);
  };
  return (bytes) => {
    const events: ClientEvent[] = [];
    let rest = bytes;
    while (!isOver) {
      if (frame === undefined) {
        const { head, left } = nextHead(rest);
        rest = left;
        if (head === undefined) break;
        const begun = begin(head);
        if ("kind" in begun) {
          isOver = true;
          events.push(begun);
          break;
        }
        frame = begun;
      }
      const share = rest.subarray(0, frame.left);
      frame.into.add(share, frame.head.mask, frame.head.length - frame.left);
      frame.left -= share.length;
      rest = rest.subarray(share.length);
      if (frame.left > 0) break;
      const event = finish(frame);
      frame = undefined;
      if (event !== undefined) events.push(event);
      isOver = event?.kind === "close" || event?.kind === "violation";
    }
    return events;
  };
}

/** One whole frame as a server sends it: final, not masked (RFC 6455 §5.1). */
export function serverFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** A Close frame; without a code it has no payload. */
export function closeFrame(code: number | undefined, reason = ""): Buffer {
  if (code === undefined) return serverFrame(OPCODE.close, Buffer.alloc(0));
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return serverFrame(OPCODE.close, Buffer.concat([bytes, Buffer.from(reason)]));
}

/** Collects the bytes of frame heads, of which a piece may hold a part or several. */
function headReader(): (bytes: Buffer) => { readonly head?: FrameHead | Violation; readonly left: Buffer } {
  let seen = Buffer.alloc(0);
  return (bytes) => {
    let left = bytes;
    for (;;) {
      const wanted = seen.length < 2 ? 2 : headLength(seen);
      if (seen.length === 2 && (seen[1]! & 0x80) === 0)
        return { head: violation(1002, "a client must mask its frames"), left };
      if (seen.length === wanted && wanted > 2) {
        const head = readHead(seen);
        seen = Buffer.alloc(0);
        return { head, left };
      }
      const share = left.subarray(0, wanted - seen.length);
      if (share.length === 0) return { left };
      seen = Buffer.concat([seen, share]);
      left = left.subarray(share.length);
    }
  };
}

/** Length of a frame's head with its mask, told by its second byte. */
function headLength(start: Buffer): number {
  const short = start[1]! & 0x7f;
  return 6 + (short === 126 ? 2 : short === 127 ? 8 : 0);
}

function readHead(bytes: Buffer): FrameHead | Violation {
  const [first, short] = [bytes[0]!, bytes[1]! & 0x7f];
  if ((first & 0x70) !== 0) return violation(1002, "no extension was negotiated");
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  return { kind: "head", isFinal: (first & 0x80) !== 0, opcode: first & 0x0f, length, mask: bytes.subarray(-4) };
}

function problemOf(head: FrameHead, message: OpenMessage | undefined, limit: number): Violation | undefined {
  const { opcode, isFinal, length } = head;
  if (!OPCODES.includes(opcode)) return violation(1002, "a reserved opcode");
  if (opcode >= OPCODE.close)
    return !isFinal || length > MAX_CONTROL ? violation(1002, "a control frame is in pieces or too long") : undefined;
  if (opcode === OPCODE.continuation && message === undefined) return violation(1002, "a piece continues no message");
  if (opcode !== OPCODE.continuation && message !== undefined) return violation(1002, "a message begins in another");
  const size = (message?.gathered.size ?? 0) + length;
  return size > limit ? violation(1009, `a message is longer than ${limit} bytes`) : undefined;
}

function controlEvent(opcode: number, payload: Buffer): ClientEvent {
  if (opcode !== OPCODE.close) return { kind: opcode === OPCODE.ping ? "ping" : "pong", payload };
  if (payload.length === 0) return { kind: "close", code: undefined };
  const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
  if (!isCloseCode(code)) return violation(1002, "a close code that none may send");
  return isUtf8(payload.subarray(2)) ? { kind: "close", code } : violation(1007, "a reason is not UTF-8");
}

/** RFC 6455 §7.4 and the registry it opened: 1004, 1005, 1006 and 1015 never stand in a frame. */
function isCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}

function messageEvent({ opcode, gathered }: OpenMessage): ClientEvent {
  const bytes = gathered.whole();
  if (opcode === OPCODE.text && !isUtf8(bytes)) return violation(1007, "a text is not UTF-8");
  return { kind: "message", bytes, isBinary: opcode === OPCODE.binary };
}

function violation(code: Violation["code"], reason: string): Violation {
  return { kind: "violation", code, reason };
}

interface Gathered {
  readonly size: number;
  /** Adds masked bytes, of which the first is this far into its frame (RFC 6455 §5.3). */
  readonly add: (masked: Buffer, mask: Buffer, offset: number) => void;
  readonly whole: () => Buffer;
}

/** Bytes that grow in place: a message in a million pieces costs no more than the same in one. */
function gather(limit: number): Gathered {
  let space = Buffer.alloc(0);
  let size = 0;
  return {
    get size() {
      return size;
    },
    add: (masked, mask, offset) => {
      if (size + masked.length > space.length) {
        const larger = Buffer.alloc(Math.min(limit, Math.max(256, (size + masked.length) * 2)));
        space.copy(larger, 0, 0, size);
        space = larger;
      }
      for (let index = 0; index < masked.length; index++)
        space[size + index] = masked[index]! ^ mask[(offset + index) % 4]!;
      size += masked.length;
    },
    whole: () => space.subarray(0, size),
  };
}
