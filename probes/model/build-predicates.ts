import type { Problem, Unknown } from "../facts/provenance.ts";
import { asBoolean, asNumber, asString, attribute, blocks, knownText, missing } from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { pathTemplate } from "./path-template.ts";
import { alikeRegExp } from "./re2.ts";
import type { NamedPredicate, PathPredicate, RouteMatch, TextPredicate } from "./url-map.ts";

const PATH_KEYS = ["full_path_match", "prefix_match", "path_template_match", "regex_match"] as const;

/** Most operators of a template (fact U13). */
const MAX_OPERATORS = 5;

/** One `match_rules` block; an unknown where it cannot be told when it matches. */
export function buildMatch(rule: Value, problems: Problem[]): RouteMatch | Unknown {
  const [unheard] = unheardOf(rule, "matchRule", { problems });
  if (unheard !== undefined) return unheard;
  const [metadata] = blocks(rule, "metadata_filters");
  if (metadata !== undefined)
    return { kind: "unknown", reason: "filters by metadata, which no request tells", by: metadata.by };
  const path = pathOf(rule, problems);
  if (path !== undefined && "reason" in path) return path;
  const headers = namedOf(rule, ["header_matches", "headerMatch", "header_name"], problems);
  const query = namedOf(rule, ["query_parameter_matches", "queryMatch", "name"], problems);
  const open = [...headers, ...query].find((each): each is Unknown => "reason" in each);
  if (open !== undefined) return open;
  // No page says what a rule without predicates matches.
  if (path === undefined && headers.length + query.length === 0) return missing(rule, "predicate");
  return { path, headers: headers as NamedPredicate[], query: query as NamedPredicate[], by: rule.by };
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
  const text = asString(value);
  if (text.kind === "unknown") return text;
  const path = text.value;
  if (name === "regex_match") return { kind: "regex", path, pattern: alikeRegExp(path), by: value.by };
  if (name === "path_template_match") {
    const template = pathTemplate(path);
    if (template === undefined || template.operators > MAX_OPERATORS) {
      problems.push({ reason: `${path} is no path template`, found: "apply", fact: "U13", by: value.by });
      return { kind: "unknown", reason: `is no path template: ${path}`, by: value.by };
    }
    return { kind: "template", path, pattern: template.pattern, by: value.by };
  }
  const ignored = attribute(rule, "ignore_case");
  const ignoreCase = ignored === undefined ? undefined : asBoolean(ignored);
  if (ignoreCase?.kind === "unknown") return ignoreCase;
  return {
    kind: name === "full_path_match" ? "exact" : "prefix",
    path,
    ignoreCase: ignoreCase?.value ?? false,
    by: value.by,
  };
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
    const predicate = textOf(block);
    if ("reason" in predicate) return predicate;
    return { name: name.value, predicate, inverted: isInverted?.value ?? false, by: block.by };
  });
}

const TEXTS = { exact_match: "exact", prefix_match: "prefix", suffix_match: "suffix" } as const;

/** The one predicate of a block; `present_match = false` is as good as absent, for the provider does not send it. */
function textOf(block: Value): TextPredicate | Unknown {
  for (const [key, kind] of Object.entries(TEXTS)) {
    const value = attribute(block, key);
    if (value === undefined || knownText(value) === "") continue;
    const text = asString(value);
    return text.kind === "unknown" ? text : { kind, text: text.value };
  }
  const [range] = blocks(block, "range_match");
  if (range !== undefined) return rangeOf(range);
  const regex = attribute(block, "regex_match");
  if (regex !== undefined && knownText(regex) !== "") {
    const text = asString(regex);
    return text.kind === "unknown" ? text : { kind: "regex", pattern: alikeRegExp(text.value) };
  }
  const present = attribute(block, "present_match");
  const isPresent = present === undefined ? undefined : asBoolean(present);
  if (isPresent?.kind === "unknown") return isPresent;
  return isPresent?.value === true ? { kind: "present" } : missing(block, "predicate");
}

/** From `range_start`, and below `range_end` (fact U15). */
function rangeOf(range: Value): TextPredicate | Unknown {
  const [from, below] = (["range_start", "range_end"] as const).map((name) => {
    const value = attribute(range, name);
    return value === undefined ? missing(range, name) : asNumber(value);
  });
  if (from?.kind !== "known") return from ?? missing(range, "range_start");
  if (below?.kind !== "known") return below ?? missing(range, "range_end");
  return { kind: "range", from: from.value, below: below.value };
}
