import { firstValue, hasHeader, listMembers, valuesOf } from "./header-list.ts";
import type { HeaderList } from "./header-list.ts";

/** How the end of a message body is found (RFC 9112 §6.3). */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

/** Framing of a request body; an error for the ambiguous forms that smuggling relies on. */
export function requestFraming(headers: HeaderList): BodyFraming | { readonly error: string } {
  if (hasHeader(headers, "transfer-encoding")) {
    if (hasHeader(headers, "content-length")) return { error: "both Transfer-Encoding and Content-Length" };
    return isChunked(headers) ? { kind: "chunked" } : { error: "a Transfer-Encoding other than chunked" };
  }
  return contentLength(headers) ?? { kind: "none" };
}

/** Framing of a response body, given the request's method and the response's status (RFC 9112 §6.3). */
export function responseFraming(
  method: string,
  status: number,
  headers: HeaderList,
): BodyFraming | { readonly error: string } {
  if (method === "HEAD" || status === 204 || status === 304 || status < 200) return { kind: "none" };
  if (isChunked(headers)) return { kind: "chunked" };
  return contentLength(headers) ?? { kind: "until-close" };
}

function contentLength(headers: HeaderList): BodyFraming | { readonly error: string } | undefined {
  const value = firstValue(headers, "content-length");
  if (value === undefined) return undefined;
  const distinct = new Set(valuesOf(headers, "content-length"));
  if (distinct.size > 1 || !/^\d{1,15}$/.test(value)) return { error: "an invalid Content-Length" };
  return { kind: "length", bytes: Number(value) };
}

function isChunked(headers: HeaderList): boolean {
  return listMembers(valuesOf(headers, "transfer-encoding")).at(-1)?.toLowerCase() === "chunked";
}

/** What a scanner found: the bytes of this message, and what follows it. */
export interface Scanned {
  readonly body: Buffer;
  readonly rest: Buffer;
  readonly done: boolean;
}

/**
 * A function that is fed the bytes after a head and says where the message ends. The bytes of a chunked
 * body are passed through with their framing. Throws on malformed chunk sizes.
 */
export function bodyScanner(framing: BodyFraming): (bytes: Buffer) => Scanned {
  if (framing.kind === "none") return (bytes) => ({ body: bytes.subarray(0, 0), rest: bytes, done: true });
  if (framing.kind === "until-close") return (bytes) => ({ body: bytes, rest: bytes.subarray(0, 0), done: false });
  return framing.kind === "length" ? lengthScanner(framing.bytes) : chunkedScanner();
}

function lengthScanner(total: number): (bytes: Buffer) => Scanned {
  let left = total;
  return (bytes) => {
    const body = bytes.subarray(0, left);
    left -= body.length;
    return { body, rest: bytes.subarray(body.length), done: left === 0 };
  };
}

/** States of the chunked walk: reading a size line, skipping data and its CRLF, reading trailer lines. */
function chunkedScanner(): (bytes: Buffer) => Scanned {
  let line = "";
  let skip = 0;
  let inTrailers = false;
  return (bytes) => {
    let at = 0;
    while (at < bytes.length) {
      if (skip > 0) {
        const step = Math.min(skip, bytes.length - at);
        skip -= step;
        at += step;
        continue;
      }
      const byte = String.fromCharCode(bytes[at++]!);
      line += byte;
      if (line.length > 16_384) throw new Error("a chunk line is longer than 16 KiB");
      if (!line.endsWith("\r\n")) continue;
      if (inTrailers && line === "\r\n") return { body: bytes.subarray(0, at), rest: bytes.subarray(at), done: true };
      if (!inTrailers) {
        const size = chunkSize(line);
        inTrailers = size === 0;
        skip = size === 0 ? 0 : size + 2;
      }
      line = "";
    }
    return { body: bytes, rest: bytes.subarray(bytes.length), done: false };
  };
}

function chunkSize(line: string): number {
  const digits = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?\r\n$/.exec(line)?.[1];
  if (digits === undefined) throw new Error("a chunk size is not hexadecimal");
  return Number.parseInt(digits, 16);
}
