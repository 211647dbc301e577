import type { Problem, Unknown } from "../facts/provenance.ts";
import { asNumber, attribute, blocks, missing } from "../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { buildActions } from "./build-actions.ts";
import { buildHosts } from "./build-hosts.ts";
import { buildMatch } from "./build-predicates.ts";
import { DEFAULT_KEYS, RULE_KEYS, buildRoute } from "./build-route.ts";
import type { RouteContext } from "./build-route.ts";
import type { Findings } from "./findings.ts";
import { expressionsIn, priorityProblems } from "./map-problems.ts";
import { readText } from "./partial-text.ts";
import { indexPaths } from "./path-index.ts";
import type { PathEntry, PathIndex, UnreadRule } from "./url-map.ts";
import type { PathMatcher, PathRule, Route, RouteRule, UrlMap } from "./url-map.ts";

/** A URL map as data: hosts, ordered rules, header actions of each level (facts U1, U11 to U13). */
export function buildUrlMap(graph: ResourceGraph, resource: Resource): UrlMap {
  const { body } = resource;
  const context: RouteContext = { graph, author: resource.api === true ? "api" : "terraform" };
  const found: Findings = { unknowns: [], problems: [] };
  found.unknowns.push(...unheardOf(body, "urlMap", { problems: found.problems }));
  const matchers = blocks(body, "path_matcher").map((block) => ({ block, matcher: buildMatcher(context, block) }));
  const { hosts, index } = buildHosts(body, matchers, found);
  const actions = buildActions(body, { level: "url-map", author: context.author, found });
  return {
    address: resource.address,
    fallback: buildRoute(context, body, DEFAULT_KEYS),
    actions,
    hosts,
    index,
    ...found,
    by: body.by,
  };
}

/** What was found in a block itself, before what its route found. The route's own counts only where it is taken. */
function withFindings(route: Route, found: Findings): Route {
  return {
    ...route,
    unknowns: [...found.unknowns, ...route.unknowns],
    problems: [...found.problems, ...route.problems],
  };
}

function buildMatcher(context: RouteContext, matcher: Value): PathMatcher {
  const found: Findings = { unknowns: [], problems: [] };
  found.unknowns.push(...unheardOf(matcher, "pathMatcher", { problems: found.problems }));
  const rules = blocks(matcher, "route_rules").map((rule) => buildRouteRule(context, rule));
  found.problems.push(...priorityProblems(rules));
  const [path] = blocks(matcher, "path_rule");
  if (path !== undefined && rules.length > 0) found.problems.push(mixed(path));
  return {
    fallback: buildRoute(context, matcher, DEFAULT_KEYS),
    actions: buildActions(matcher, { level: "path-matcher", author: context.author, found }),
    rules: rules.sort((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b))),
    expressions: expressionsIn(rules),
    paths: buildPaths(context, matcher, found),
    ...found,
    by: matcher.by,
  };
}

/** A rule whose place in the order cannot be known may come before any other. */
function placeOf({ priority = Number.NEGATIVE_INFINITY }: RouteRule): number {
  return priority;
}

function mixed({ by }: Value): Problem {
  return { reason: "path rules and route rules exclude each other in a path matcher", found: "apply", fact: "U13", by };
}

function buildPaths(context: RouteContext, matcher: Value, found: Findings): PathIndex {
  const unread: UnreadRule[] = [];
  const entries = blocks(matcher, "path_rule").flatMap((block): PathEntry[] => {
    const own: Findings = { unknowns: [], problems: [] };
    own.unknowns.push(...unheardOf(block, "pathRule", { problems: own.problems }));
    const rule: PathRule = {
      kind: "path-rule",
      ...withFindings(buildRoute(context, block, RULE_KEYS), own),
      by: block.by,
    };
    const paths = attribute(block, "paths");
    const items = paths === undefined ? [] : paths.kind === "list" ? paths.items : [paths];
    return items.flatMap((item) => {
      const text = readText(item);
      if (text.kind === "partial") {
        unread.push({ rule, text });
        return [];
      }
      return entryOf(text.value, rule, item.by, found.problems);
    });
  });
  return indexPaths(entries, unread);
}

/** `/ws` or `/ws/*`; another star has no documented meaning, and Google refuses it (fact U12). */
function entryOf(text: string, rule: PathRule, by: Value["by"], problems: Problem[]): PathEntry[] {
  const star = text.indexOf("*");
  if (star === -1 && text.startsWith("/")) return [{ rule, path: text, isPrefix: false, by }];
  if (/^\/(?:[^*]*\/)?\*$/.test(text)) return [{ rule, path: text.slice(0, -1), isPrefix: true, by }];
  problems.push({
    reason: `${text} is no path of a path rule: it begins with a slash, and a star stands only after the last one`,
    found: "apply",
    fact: "U12",
    by,
  });
  return [];
}

function buildRouteRule(context: RouteContext, rule: Value): RouteRule {
  const found: Findings = { unknowns: [], problems: [] };
  found.unknowns.push(...unheardOf(rule, "routeRule", { problems: found.problems }));
  const written = attribute(rule, "priority");
  const priority = written === undefined ? missing(rule, "priority") : asNumber(written);
  const actions = buildActions(rule, { level: "route-rule", author: context.author, found });
  const matches = buildMatches(rule, found.problems);
  return {
    kind: "route-rule",
    ...withFindings(buildRoute(context, rule, RULE_KEYS), found),
    priority: priority.kind === "known" ? priority.value : undefined,
    unplaced: priority.kind === "known" ? undefined : priority,
    matches,
    actions,
    by: rule.by,
  };
}

function buildMatches(rule: Value, problems: Problem[]): RouteRule["matches"] {
  const alternatives = blocks(rule, "match_rules").map((match) => buildMatch(match, problems));
  // No page says that a rule without predicates never matches.
  const none: Unknown = missing(rule, "match_rules");
  return alternatives.length > 0 ? alternatives : [none];
}
