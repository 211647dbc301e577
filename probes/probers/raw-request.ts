import { writeHead } from "../../http/head.ts";
import { hasHeader } from "../../http/header-list.ts";
import type { HeaderLine, HeaderList } from "../../http/header-list.ts";
import type { Attempt, Endpoint } from "../facts/case.ts";
import { authorityOf } from "./authority.ts";
import { PhaseError } from "./failure.ts";
import { randomBytes } from "./random-bytes.ts";

/**
 * The bytes of an attempt's request: what every request needs, then the attempt's lines exactly as they are, in their
 * order, case and number. A line of the attempt takes the place of a needed one of that name.
 * @throws PhaseError when a line would end the head or has characters that no byte stands for.
 */
export function requestBytes({ case: planned, lines, target }: Attempt, { host }: Endpoint): Buffer {
  if (!isOneLine(target) || !lines.every(([name, value]) => isOneLine(name) && isOneLine(withoutFolds(value))))
    throw new PhaseError("send", "a line break, a NUL or a character beyond 8 bits cannot stand in a request's head");
  const needed = planned.protocol === "websocket" ? neededForUpgrade(host) : neededForGet(host);
  return writeHead(`GET ${target} HTTP/1.1`, [...needed.filter(([name]) => !hasHeader(lines, name)), ...lines]);
}

function neededForGet(host: string): HeaderList {
  return [...neededAlways(host), ["Connection", "close"]];
}

/** RFC 6455 §4.1. */
function neededForUpgrade(host: string): HeaderList {
  return [
    ...neededAlways(host),
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", randomBytes(16).toString("base64")],
  ];
}

function neededAlways(host: string): HeaderLine[] {
  return [
    ["Host", authorityOf(host)],
    ["User-Agent", "headgate"],
  ];
}

/** A fold is the one line break that may stand in a value (RFC 9112 §5.2); how an edge takes it can be asked. */
function withoutFolds(value: string): string {
  return value.replace(/\r\n[ \t]+/g, " ");
}

function isOneLine(text: string): boolean {
  return !/[\0\r\n]|[^\0-\xff]/.test(text);
}
