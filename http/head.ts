import type { HeaderLine, HeaderList } from "./header-list.ts";

/** The head of a request as it stood on the wire. Header values keep their bytes (latin1), ends trimmed of blanks. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: HeaderList;
}

/** The head of a response as it stood on the wire. */
export interface ResponseHead {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
}

/** What kept a head from being read; `line` is the offending line, cut to 80 characters by the caller if shown. */
export interface HeadError {
  readonly error: string;
}

const HEAD_END = Buffer.from("\r\n\r\n");

/** Index just past the blank line that ends a head, or -1 while it has not arrived. */
export function endOfHead(bytes: Buffer): number {
  const at = bytes.indexOf(HEAD_END);
  return at === -1 ? -1 : at + HEAD_END.length;
}

/** Parses a request head (RFC 9112 §3). The bytes must end with the blank line. */
export function parseRequestHead(bytes: Buffer): RequestHead | HeadError {
  const [start = "", ...lines] = splitLines(bytes);
  const match = /^(\S+) (\S+) HTTP\/(\d\.\d)$/.exec(start);
  if (match === null) return { error: "the request line is not `method target HTTP/x.y`" };
  const headers = parseHeaderLines(lines);
  if ("error" in headers) return headers;
  return { method: match[1]!, target: match[2]!, version: match[3]!, headers };
}

/** Parses a response head (RFC 9112 §4). The bytes must end with the blank line. */
export function parseResponseHead(bytes: Buffer): ResponseHead | HeadError {
  const [start = "", ...lines] = splitLines(bytes);
  const match = /^HTTP\/(\d\.\d) (\d{3})(?: (.*))?$/.exec(start);
  if (match === null) return { error: "the status line is not `HTTP/x.y status reason`" };
  const headers = parseHeaderLines(lines);
  if ("error" in headers) return headers;
  return { version: match[1]!, status: Number(match[2]), reason: match[3] ?? "", headers };
}

/** Serialises a start line and header lines into the bytes of a head. */
export function writeHead(startLine: string, headers: HeaderList): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${startLine}\r\n${lines.join("")}\r\n`, "latin1");
}

function splitLines(bytes: Buffer): string[] {
  const lines = bytes.toString("latin1").split("\r\n");
  lines.length -= 2; // the blank line and what follows the last CRLF
  return lines;
}

function parseHeaderLines(lines: readonly string[]): HeaderLine[] | HeadError {
  const headers: HeaderLine[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    // RFC 9112 §5.2: a folded line is obsolete, and a recipient may refuse it.
    if (colon <= 0 || line[0] === " " || line[0] === "\t") return { error: "a header line is not `name: value`" };
    headers.push([line.slice(0, colon), trimmed(line, colon + 1)]);
  }
  return headers;
}

function trimmed(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
