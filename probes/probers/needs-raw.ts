import { trimBlanks } from "../../http/header-list.ts";
import { isFieldValue, isToken } from "../../http/token.ts";
import type { Attempt } from "../facts/case.ts";
import { membersOf } from "./header-members.ts";

/** Names that the client libraries write themselves, or refuse. */
const OWNED = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "sec-websocket-extensions",
  "sec-websocket-key",
  "sec-websocket-version",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Names whose lines one library or the other joins into one. */
const JOINED = new Set(["authorization", "cookie", "sec-websocket-protocol"]);

/** Why the client libraries cannot send an attempt's lines as they are; undefined when they can. */
export function needsRaw({ case: { protocol }, lines }: Pick<Attempt, "case" | "lines">): string | undefined {
  const seen = new Set<string>();
  for (const [name, value] of lines) {
    const lower = name.toLowerCase();
    const isRepeated = seen.has(lower);
    seen.add(lower);
    if (!isToken(name)) return "a header name that is no token";
    if (OWNED.has(lower)) return `${name} is written by the client library itself`;
    if (!isFieldValue(value) || value !== trimBlanks(value))
      return `${name} has blanks or characters that a client library alters`;
    // The upgrade library takes lines as an object: their case and place would be lost.
    if (isRepeated && (protocol === "websocket" || JOINED.has(lower))) return `${name} stands on several lines`;
    if (lower === "sec-websocket-protocol" && protocol === "websocket" && !isOfferable(value))
      return `${name} offers what a client library refuses`;
  }
  return undefined;
}

function isOfferable(value: string): boolean {
  const members = membersOf("sec-websocket-protocol", [value]);
  return members.length > 0 && members.every(isToken) && new Set(members).size === members.length;
}
