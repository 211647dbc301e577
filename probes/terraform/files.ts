import { readFileSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { ConfigurationError } from "./configuration-error.ts";

const MEBIBYTE = 1024 * 1024;

/** Largest files that are read, in bytes. */
export const MAX_BYTES = { hcl: 2 * MEBIBYTE, json: 64 * MEBIBYTE } as const;

/**
 * The text of a file, with a byte order mark where it has one.
 * @param path where it is read.
 * @param shownAs how errors name it.
 * @throws ConfigurationError for what is no regular file, cannot be read, is too large, or is not UTF-8 text.
 */
export function readText(path: string, maxBytes: number, shownAs = path): string {
  const at = { file: shownAs };
  const stats = statOf(path, shownAs);
  // Reading a pipe or a device waits or never ends.
  if (!stats.isFile()) throw new ConfigurationError("is not a regular file", at);
  refuseSize(stats.size, maxBytes, shownAs);
  const bytes = read(path, shownAs);
  refuseSize(bytes.length, maxBytes, shownAs);
  return decode(bytes, shownAs);
}

function decode(bytes: Buffer, file: string): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new ConfigurationError("is UTF-16; save it as UTF-8", { file });
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ConfigurationError(
      "Invalid character encoding; All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in your editor.",
      { file, ...lineOf(bytes, invalidOffset(bytes)) },
    );
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1)
    throw new ConfigurationError("holds a NUL byte: this is no text file", { file, ...lineOf(bytes, nul) });
  return text;
}

/** Offset of the first byte that is not UTF-8. Decoding and encoding again changes nothing before it. */
function invalidOffset(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString("utf8"), "utf8");
  let offset = 0;
  while (offset < bytes.length && bytes[offset] === again[offset]) offset += 1;
  return offset;
}

function lineOf(bytes: Buffer, offset: number): { line: number; column: number } {
  const before = bytes.subarray(0, offset).toString("utf8");
  return { line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
}

function statOf(path: string, file: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    throw new ConfigurationError(`cannot be read: ${(cause as Error).message}`, { file });
  }
}

function read(path: string, file: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigurationError(`cannot be read: ${(cause as Error).message}`, { file });
  }
}

function refuseSize(bytes: number, maxBytes: number, file: string): void {
  if (bytes > maxBytes) throw new ConfigurationError(`is ${bytes} bytes; at most ${maxBytes} are read`, { file });
}
