import { listMembers, sameName, trimBlanks } from "../../http/header-list.ts";

/**
 * Request fields that hold one value, in which a comma is no separator: two lines of them must not be joined
 * (RFC 9110 §5.3). A name that is not known is taken for a list, as most extension fields are.
 */
const SINGLETONS = new Set([
  "authorization",
  "content-length",
  "content-type",
  "date",
  "from",
  "host",
  "if-modified-since",
  "if-range",
  "if-unmodified-since",
  "max-forwards",
  "origin",
  "proxy-authorization",
  "referer",
  "sec-websocket-key",
  "sec-websocket-version",
  "user-agent",
]);

/**
 * The parts of a field's value that keep their meaning when lines are joined or split: list members, cookie pairs
 * (RFC 9113 §8.2.3, fact H30), or the whole line of a singleton.
 */
export function membersOf(name: string, values: readonly string[]): readonly string[] {
  if (sameName(name, "cookie"))
    return values.flatMap((value) => value.split(";").map(trimBlanks)).filter((pair) => pair !== "");
  return SINGLETONS.has(name.toLowerCase()) ? values : listMembers(values);
}
