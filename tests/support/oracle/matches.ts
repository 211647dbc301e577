import { flag, known, many } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import type { Front } from "./front.ts";
import { HOP_BY_HOP } from "./headers.ts";
import { cannotTell } from "./types.ts";
import type { Ask } from "./types.ts";

/** The part of a path that a rule names: what another prefix takes the place of, and a template's variables. */
export type Matched =
  | { readonly kind: "whole" }
  | { readonly kind: "prefix"; readonly length: number }
  /** A folder with its last slash, of which nobody says whether it goes with the prefix. */
  | { readonly kind: "folder"; readonly length: number }
  | { readonly kind: "template"; readonly variables: Readonly<Record<string, string>> };

/** Nothing is named, and everything is below `/`. */
export const EVERYTHING: Matched = { kind: "folder", length: 1 };

/** U13: the alternatives of a rule are OR, what stands inside one is AND; what the first that holds has matched. */
export function matchOf(rule: Plain, front: Front, ask: Ask): Matched | undefined {
  const alternatives = many(rule, "match_rules");
  const found = alternatives.map((match) => holds(match, front, ask));
  return ask.on("U13 or") ? found.find((each) => each !== undefined) : found[0];
}

function holds(match: Plain, front: Front, ask: Ask): Matched | undefined {
  const matched = pathHolds(match, front, ask);
  if (matched === undefined) return undefined;
  const queries = ask.on("U13 query") ? many(match, "query_parameter_matches") : [];
  const headers = ask.on("U15 header") ? many(match, "header_matches") : [];
  const all =
    queries.every((query) => queryHolds(query, ask)) && headers.every((header) => headerHolds(header, front, ask));
  return all ? matched : undefined;
}

/** U13, U14 */
function pathHolds(match: Plain, { matchPath, balancer }: Front, { on }: Ask): Matched | undefined {
  const isFolded = on("U13 ignore case") && flag(match.ignore_case ?? false, "U13");
  const fold = (value: string): string => (isFolded ? value.toLowerCase() : value);
  const path = fold(matchPath);
  if (match.regex_match !== undefined)
    return matchesExpression(match.regex_match, matchPath, balancer) ? { kind: "whole" } : undefined;
  if (match.path_template_match !== undefined)
    return byTemplate(known(match.path_template_match, "U13"), matchPath, on);
  if (match.full_path_match !== undefined) {
    const wanted = fold(known(match.full_path_match, "U13"));
    return (on("U13 exact path") ? path === wanted : path.startsWith(wanted)) ? { kind: "whole" } : undefined;
  }
  if (match.prefix_match === undefined) return EVERYTHING;
  const prefix = fold(known(match.prefix_match, "U13"));
  return path.startsWith(prefix) ? { kind: "prefix", length: prefix.length } : undefined;
}

/** U14: only the regional balancer has expressions; they match the whole of a text. */
function matchesExpression(written: unknown, text: string, balancer: Front["balancer"]): boolean {
  if (balancer !== "regional") cannotTell("U14");
  return new RegExp(`^(?:${known(written, "U14")})$`).test(text);
}

/** Segment by segment: `*` and `{name}` are one that is not empty, `**` is all that is left, be it nothing. */
function byTemplate(template: string, path: string, on: Ask["on"]): Matched | undefined {
  const wanted = template.split("/");
  const given = path.split("/");
  const variables: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const [, name, form] = /^\{(\w+)(?:=(\*\*?))?\}$/.exec(segment) ?? [];
    const operator = name === undefined ? segment : (form ?? "*");
    if (given[at] === undefined) return undefined;
    const isRest = operator === "**";
    const text = isRest ? given.slice(at).join("/") : given[at];
    if (operator === "*" ? text === "" : !isRest && text !== operator) return undefined;
    if (name !== undefined) variables[name] = text;
    if (isRest) return { kind: "template", variables };
  }
  const isWhole = given.length === wanted.length || !on("U13 template");
  return isWhole ? { kind: "template", variables } : undefined;
}

/** How the several forms of a predicate hold against a value, or against none. */
function textHolds(predicate: Plain, value: string | undefined, front: Front["balancer"]): boolean {
  if (value === undefined) return false;
  if (predicate.exact_match !== undefined) return value === known(predicate.exact_match, "U15");
  if (predicate.prefix_match !== undefined) return value.startsWith(known(predicate.prefix_match, "U15"));
  if (predicate.suffix_match !== undefined) return value.endsWith(known(predicate.suffix_match, "U15"));
  if (predicate.regex_match !== undefined) return matchesExpression(predicate.regex_match, value, front);
  if (predicate.range_match !== undefined) return inRange(many(predicate, "range_match")[0], value);
  return flag(predicate.present_match ?? false, "U15") || cannotTell("U15");
}

/** From the first number on, and below the second. */
function inRange(range: Plain, value: string): boolean {
  if (!/^-?\d+$/.test(value)) return false;
  return Number(value) >= Number(range.range_start) && Number(value) < Number(range.range_end);
}

/** U15: on what the client sent; several lines of one name are one list (RFC 9110 section 5.3). */
function headerHolds(header: Plain, front: Front, { request, reads, on }: Ask): boolean {
  const name = known(header.header_name, "U15").toLowerCase();
  const isInverted = on("U15 invert") && flag(header.invert_match ?? false, "U15");
  const value = valueOf(name, front, request);
  const isHidden =
    HOP_BY_HOP.includes(name) && value !== undefined && reads("match-hop-by-hop", "visible") === "hidden";
  const seen = isHidden ? undefined : value;
  const asksForPresence = header.present_match !== undefined;
  if (seen === undefined && isInverted && !asksForPresence)
    return reads("inverted-match-of-nothing", "matches") === "matches";
  return textHolds(header, seen, front.balancer) !== isInverted;
}

function valueOf(name: string, front: Front, request: Ask["request"]): string | undefined {
  if (name === ":method") return request.method;
  if (name === ":authority") return front.writtenHost;
  if (name.startsWith(":")) return cannotTell("U15");
  const own = request.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  return own.length === 0 ? undefined : own.join(",");
}

/** U13: which of several counts, and whether a value is decoded before, no fact says: every way is tried. */
export const QUERY_WAYS = ["first written", "last written", "first decoded", "last decoded"] as const;

function queryHolds(query: Plain, { request, reads }: Ask): boolean {
  const way = reads("query", "first written");
  const plain = (text: string): string =>
    way.endsWith("decoded") ? decodeURIComponent(text.replaceAll("+", " ")) : text;
  const [, ...rest] = request.target.split("?");
  const pairs = rest
    .join("?")
    .split("&")
    .filter((pair) => pair !== "");
  const named = pairs.map((pair) => [pair.split("=")[0]!, pair.split("=").slice(1).join("=")].map(plain));
  const values = named.filter(([name]) => name === known(query.name, "U13")).map(([, value]) => value);
  return textHolds(query, way.startsWith("first") ? values[0] : values.at(-1), "regional");
}
