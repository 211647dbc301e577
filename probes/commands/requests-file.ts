import { readFileSync } from "node:fs";
import type { HeaderLine } from "../../http/header-list.ts";
import { nearest } from "../../contract/problem.ts";
import { UsageError } from "./context.ts";
import { CLIENTS } from "./choices.ts";
import { headerLine } from "./trace-request.ts";
import type { ClientName, Wish } from "./trace-request.ts";

/** One line of a requests file. */
export interface NamedWish extends Wish {
  readonly id: string | number;
  /** Where it stands, for what is wrong with it. */
  readonly at: string;
}

const KEYS = ["id", "method", "url", "websocket", "headers", "client", "client_address"] as const;

/** Largest requests file that is read, in bytes. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Requests from JSON lines: `{"id","method","url","websocket","headers":{name: value or [values]},"client"}`; `-` is
 * standard input. Empty lines are passed over. All lines are read before any is answered.
 * @throws UsageError with `file:line` of the first line that is wrong.
 */
export function readRequests(file: string): NamedWish[] {
  const text = textOf(file);
  const name = file === "-" ? "standard input" : file;
  const wishes = text.split("\n").flatMap((line, index) => {
    const trimmed = line.trim();
    return trimmed === "" ? [] : [wishOf(trimmed, `${name}:${index + 1}`)];
  });
  if (wishes.length === 0) throw new UsageError(`${name} holds no request; write one JSON object a line`);
  return wishes;
}

/** An error about one line of the file tells which. */
export function placed<T>(at: string | undefined, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (at !== undefined && error instanceof UsageError) throw new UsageError(`${at}  ${error.message}`);
    throw error;
  }
}

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file === "-" ? 0 : file);
    if (bytes.length > MAX_BYTES)
      throw new UsageError(`${file} is ${bytes.length} bytes; at most ${MAX_BYTES} are read`);
    return bytes.toString("utf8");
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`--requests ${file} cannot be read: ${(cause as Error).message}`);
  }
}

function wishOf(line: string, at: string): NamedWish {
  const { id, method, url, websocket, headers, client, client_address: address } = objectOf(line, at);
  if (typeof id !== "string" && typeof id !== "number") throw wrong(at, "id", "a text or a number that is yours");
  if (typeof url !== "string") throw wrong(at, "url", "a URL such as wss://api.example.com/ws");
  if (method !== undefined && typeof method !== "string") throw wrong(at, "method", "a text such as GET");
  if (websocket !== undefined && typeof websocket !== "boolean") throw wrong(at, "websocket", "true or false");
  if (address !== undefined && typeof address !== "string") throw wrong(at, "client_address", "an IP address");
  if (client !== undefined && !CLIENTS.some((each) => each === client))
    throw wrong(at, "client", CLIENTS.map((each) => `"${each}"`).join(" or "));
  return {
    id,
    at,
    url,
    headers: headersOf(headers, at),
    ...(method !== undefined && { method }),
    ...(websocket !== undefined && { websocket }),
    ...(client !== undefined && { client: client as ClientName }),
    ...(address !== undefined && { clientAddress: address }),
  };
}

function objectOf(line: string, at: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The parser's own words repeat the text, which may hold a credential.
    throw new UsageError(`${at}  is not JSON; write one object a line`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`${at}  is no JSON object; write {"id": …, "url": …}`);
  const stranger = Object.keys(value).find((key) => !KEYS.some((known) => known === key));
  if (stranger !== undefined) {
    const near = nearest(stranger, KEYS);
    throw new UsageError(
      `${at}  has an unknown key ${stranger}${near === undefined ? "" : `; did you mean ${near}?`} (valid: ${KEYS.join(", ")})`,
    );
  }
  return value as Record<string, unknown>;
}

function headersOf(headers: unknown, at: string): HeaderLine[] {
  if (headers === undefined || headers === null) return [];
  const needed = 'an object such as {"Authorization": "Bearer t", "Cookie": ["a=1", "b=2"]}';
  if (typeof headers !== "object" || Array.isArray(headers)) throw wrong(at, "headers", needed);
  return Object.entries(headers).flatMap(([name, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((each) => {
      if (typeof each !== "string") throw wrong(at, `headers.${name}`, "a text, or a list of texts");
      return placed(at, () => headerLine(name, each));
    });
  });
}

function wrong(at: string, key: string, needed: string): UsageError {
  return new UsageError(`${at}  ${key} must be ${needed}`);
}
