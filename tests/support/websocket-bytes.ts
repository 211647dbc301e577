import { createHash } from "node:crypto";
import type { RequestHead } from "../../http/head.ts";
import { firstValue } from "../../http/header-list.ts";

/** RFC 6455 §4.2.2: what proves that the server has read the key. */
export function acceptOf(head: RequestHead): string {
  const key = firstValue(head.headers, "sec-websocket-key") ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** The head of a 101, with these lines at its end. */
export function switching(accept: string, lines: readonly string[] = []): string {
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...lines,
    "\r\n",
  ].join("\r\n");
}

/** One unmasked frame as a server sends it; `first` is its first byte: FIN, reserved bits, opcode. */
export function frame(text: string, first = 0x81): string {
  const { length } = text;
  const size =
    length < 126
      ? [length]
      : length < 0x10000
        ? [126, length >> 8, length & 0xff]
        : [127, 0, 0, 0, 0, ...bytes(length)];
  return String.fromCharCode(first, ...size) + text;
}

function bytes(length: number): number[] {
  return [24, 16, 8, 0].map((shift) => (length >>> shift) & 0xff);
}

/** A Close frame with this code. */
export function closeFrame(code: number, reason = ""): string {
  return frame(String.fromCharCode(code >> 8, code & 0xff) + reason, 0x88);
}

/** Opcode and payload of a client's frame of fewer than 126 bytes; throws when it is not masked. */
export function unmasked(text: string): { opcode: number; payload: string } {
  const all = Buffer.from(text, "latin1");
  const length = all[1]! & 0x7f;
  if ((all[1]! & 0x80) === 0) throw new Error("a client's frame is not masked");
  const payload = all.subarray(6, 6 + length).map((byte, index) => byte ^ all[2 + (index % 4)]!);
  return { opcode: all[0]! & 0x0f, payload: Buffer.from(payload).toString("latin1") };
}
