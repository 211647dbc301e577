import type { Problem, Unknown } from "../facts/provenance.ts";
import { asBoolean, asNumber, asString, attribute, blocks, knownText, missing } from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { readText } from "./partial-text.ts";
import { pathTemplate } from "./path-template.ts";
import { wholeExpression } from "./re2.ts";
import type { NamedPredicate, PathPredicate, RouteMatch, TextPredicate } from "./url-map.ts";

const PATH_KEYS = ["full_path_match", "prefix_match", "path_template_match", "regex_match"] as const;

/** Most operators of a template (fact U13). */
const MAX_OPERATORS = 5;

/** Longest template, in characters (fact U13). */
const MAX_TEMPLATE = 1024;

/** One `match_rules` block; an unknown where nothing of it can be read. A predicate that cannot be read is one of many. */
export function buildMatch(rule: Value, problems: Problem[]): RouteMatch | Unknown {
  const unheard = unheardOf(rule, "matchRule", { problems });
  if (rule.kind !== "object") return unheard[0] ?? missing(rule, "predicate");
  const metadata = blocks(rule, "metadata_filters").map(({ by }): Unknown => ({
    kind: "unknown",
    reason: "filters by metadata, which no request tells",
    by,
  }));
  const path = pathOf(rule, problems);
  const headers = namedOf(rule, ["header_matches", "headerMatch", "header_name"], problems);
  const query = namedOf(rule, ["query_parameter_matches", "queryMatch", "name"], problems);
  const unread = [path, ...headers, ...query].filter((each): each is Unknown => each !== undefined && "reason" in each);
  const open = [...unheard, ...metadata, ...unread];
  // No page says what a rule without predicates matches.
  if (path === undefined && headers.length + query.length + open.length === 0) return missing(rule, "predicate");
  return {
    path: path !== undefined && "reason" in path ? undefined : path,
    headers: headers.filter((each): each is NamedPredicate => !("reason" in each)),
    query: query.filter((each): each is NamedPredicate => !("reason" in each)),
    open,
    by: rule.by,
  };
}

function pathOf(rule: Value, problems: Problem[]): PathPredicate | Unknown | undefined {
  // The provider does not send an empty text, so it is as good as absent (fact U5).
  const written = PATH_KEYS.flatMap((name) => {
    const value = attribute(rule, name);
    return value === undefined || knownText(value) === "" ? [] : [{ name, value }];
  });
  const [first, another] = written;
  if (first === undefined) return undefined;
  if (another !== undefined) return missing(rule, "single full_path_match, prefix_match or path_template_match");
  const { name, value } = first;
  const text = readText(value);
  const { by } = value;
  if (name === "regex_match")
    return text.kind === "known"
      ? { kind: "regex", path: text.value, pattern: wholeExpression(text.value), by }
      : text.because;
  if (name === "path_template_match")
    return text.kind === "known" ? templateOf(text.value, by, problems) : text.because;
  const ignored = attribute(rule, "ignore_case");
  const ignoreCase = ignored === undefined ? undefined : asBoolean(ignored);
  if (ignoreCase?.kind === "unknown") return ignoreCase;
  const kind = name === "full_path_match" ? "exact" : "prefix";
  const folds = { ignoreCase: ignoreCase?.value ?? false, by };
  return text.kind === "known" ? { kind, path: text.value, ...folds } : { kind: "partial", of: kind, text, ...folds };
}

/** What is over a limit is refused; of another spelling no page says whether it is one (fact U13). */
function templateOf(path: string, by: Value["by"], problems: Problem[]): PathPredicate | Unknown {
  const template = pathTemplate(path);
  const isOver = (template?.operators ?? 0) > MAX_OPERATORS || path.length > MAX_TEMPLATE;
  if (isOver || path.includes("***") || !path.startsWith("/"))
    problems.push({ reason: `${path} is no path template`, found: "apply", fact: "U13", by });
  if (template === undefined || isOver) return { kind: "unknown", reason: `is no path template: ${path}`, by };
  return { kind: "template", path, pattern: template.pattern, by };
}

function namedOf(
  rule: Value,
  [key, kind, nameKey]: readonly [string, "headerMatch" | "queryMatch", string],
  problems: Problem[],
): (NamedPredicate | Unknown)[] {
  return blocks(rule, key).map((block) => {
    const [unheard] = unheardOf(block, kind, { problems });
    if (unheard !== undefined) return unheard;
    const written = attribute(block, nameKey);
    const name = written === undefined ? missing(block, nameKey) : asString(written);
    if (name.kind === "unknown") return name;
    const inverted = attribute(block, "invert_match");
    const isInverted = inverted === undefined ? undefined : asBoolean(inverted);
    if (isInverted?.kind === "unknown") return isInverted;
    const predicate = textOf(block, problems);
    if ("reason" in predicate) return predicate;
    return { name: name.value, predicate, inverted: isInverted?.value ?? false, by: block.by };
  });
}

const TEXTS = { exact_match: "exact", prefix_match: "prefix", suffix_match: "suffix" } as const;
const PREDICATES = [
  "exact_match",
  "prefix_match",
  "suffix_match",
  "range_match",
  "regex_match",
  "present_match",
] as const;

/** The one predicate of a block. An empty text or `present_match = false` is as good as absent: neither is sent (U5). */
function textOf(block: Value, problems: Problem[]): TextPredicate | Unknown {
  const written = PREDICATES.flatMap((key) => {
    const [value] = blocks(block, key);
    const text = value === undefined ? "" : knownText(value);
    return value === undefined || text === "" || (key === "present_match" && text === "false") ? [] : [{ key, value }];
  });
  const [first, another] = written;
  if (first === undefined) return missing(block, "predicate");
  if (another !== undefined) return missing(block, `single predicate (${first.key}, ${another.key})`);
  const { key, value } = first;
  if (key === "range_match") return rangeOf(value, problems);
  if (key === "present_match") {
    const present = asBoolean(value);
    return present.kind === "unknown" ? present : { kind: "present" };
  }
  const text = readText(value);
  if (key === "regex_match")
    return text.kind === "known" ? { kind: "regex", pattern: wholeExpression(text.value) } : text.because;
  const kind = TEXTS[key];
  return text.kind === "known" ? { kind, text: text.value } : { kind: "partial", of: kind, text };
}

/** From `range_start`, and below `range_end` (fact U15). */
function rangeOf(range: Value, problems: Problem[]): TextPredicate | Unknown {
  const [unheard] = unheardOf(range, "rangeMatch", { problems });
  if (unheard !== undefined) return unheard;
  const [from, below] = (["range_start", "range_end"] as const).map((name) => {
    const value = attribute(range, name);
    return value === undefined ? missing(range, name) : asNumber(value);
  });
  if (from?.kind !== "known") return from ?? missing(range, "range_start");
  if (below?.kind !== "known") return below ?? missing(range, "range_end");
  return { kind: "range", from: from.value, below: below.value };
}
