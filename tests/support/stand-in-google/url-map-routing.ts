import { blocks, count, single, text, texts } from "./value.ts";
import type { Body } from "./value.ts";

export interface TestRequest {
  readonly host: string;
  /** With query, where it has one. */
  readonly path: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** Where a request goes: to one of some services, or back with a redirect. */
export interface Outcome {
  readonly services: readonly string[];
  readonly redirectCode?: number;
  readonly url: string;
}

const CODES: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY_DEFAULT: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

/** Host rule, then route rule or path rule, then the nearest default. */
export function outcomeOf(urlMap: Body, request: TestRequest): Outcome {
  const matcher = matcherOf(urlMap, request.host);
  if (matcher === undefined) return defaultOutcome(urlMap, request);
  const rule = matchingRouteRule(matcher, request) ?? matchingPathRule(matcher, request);
  return rule === undefined ? defaultOutcome(matcher, request) : ruleOutcome(rule, request);
}

function matcherOf(urlMap: Body, host: string): Body | undefined {
  const rules = blocks(urlMap, "host_rule").flatMap((rule) =>
    texts(rule, "hosts").map((pattern) => ({ pattern: pattern.toLowerCase(), matcher: text(rule, "path_matcher") })),
  );
  const name = host.toLowerCase().replace(/:\d+$/, "");
  const exact = rules.find(({ pattern }) => pattern === name || pattern === host.toLowerCase());
  // The longest pattern is the most specific one.
  const wildcard = rules
    .filter(({ pattern }) => pattern.startsWith("*") && name.endsWith(pattern.slice(1)))
    .sort((one, other) => other.pattern.length - one.pattern.length)[0];
  const found = exact ?? wildcard;
  return blocks(urlMap, "path_matcher").find((each) => text(each, "name") === found?.matcher);
}

function matchingRouteRule(matcher: Body, request: TestRequest): Body | undefined {
  return [...blocks(matcher, "route_rules")]
    .sort((one, other) => (count(one, "priority") ?? 0) - (count(other, "priority") ?? 0))
    .find((rule) => {
      const matches = blocks(rule, "match_rules");
      return matches.length === 0 || matches.some((match) => isMatch(match, request));
    });
}

function matchingPathRule(matcher: Body, request: TestRequest): Body | undefined {
  const path = withoutQuery(request.path);
  const candidates = blocks(matcher, "path_rule").flatMap((rule) =>
    texts(rule, "paths").map((each) => ({ each, rule })),
  );
  const exact = candidates.find(({ each }) => each === path);
  const prefix = candidates
    .filter(({ each }) => each.endsWith("/*") && path.startsWith(each.slice(0, -1)))
    .sort((one, other) => other.each.length - one.each.length)[0];
  return (exact ?? prefix)?.rule;
}

function isMatch(match: Body, request: TestRequest): boolean {
  return (
    isPathMatch(match, withoutQuery(request.path)) &&
    blocks(match, "header_matches").every((each) => isHeaderMatch(each, request)) &&
    blocks(match, "query_parameter_matches").every((each) => isQueryMatch(each, request))
  );
}

function isPathMatch(match: Body, path: string): boolean {
  const fold = (value: string): string => (match["ignore_case"] === true ? value.toLowerCase() : value);
  const [full, prefix] = [text(match, "full_path_match"), text(match, "prefix_match")];
  const template = text(match, "path_template_match");
  if (full !== undefined) return fold(full) === fold(path);
  if (prefix !== undefined) return fold(path).startsWith(fold(prefix));
  if (template !== undefined) return templatePattern(template).test(path);
  return true;
}

function templatePattern(template: string): RegExp {
  const segments = template.split("/").map((segment) => {
    const operator = /^\{\w+=(.*)\}$/.exec(segment)?.[1] ?? (/^\{\w+\}$/.test(segment) ? "*" : segment);
    if (operator === "**") return ".*";
    return operator.replace(/[.+?^$()|[\]\\{}]/g, "\\$&").replaceAll("*", "[^/]+");
  });
  return new RegExp(`^${segments.join("/")}$`);
}

function isHeaderMatch(match: Body, request: TestRequest): boolean {
  const name = (text(match, "header_name") ?? "").toLowerCase();
  const found = name === ":authority" ? request.host : request.headers.find((each) => each.name === name)?.value;
  const matches = found === undefined ? false : isValueMatch(match, found);
  const isAbsenceWanted = match["present_match"] === false && found === undefined;
  return match["invert_match"] === true ? !matches : matches || isAbsenceWanted;
}

function isQueryMatch(match: Body, request: TestRequest): boolean {
  const query = new URLSearchParams(request.path.split("?")[1] ?? "");
  const found = query.get(text(match, "name") ?? "");
  return found !== null && isValueMatch(match, found);
}

function isValueMatch(match: Body, value: string): boolean {
  const [exact, prefix, suffix] = ["exact_match", "prefix_match", "suffix_match"].map((name) => text(match, name));
  if (exact !== undefined) return value === exact;
  if (prefix !== undefined) return value.startsWith(prefix);
  if (suffix !== undefined) return value.endsWith(suffix);
  const range = single(match, "range_match");
  if (range === undefined) return match["present_match"] !== false;
  return Number(value) >= (count(range, "range_start") ?? 0) && Number(value) < (count(range, "range_end") ?? 0);
}

function defaultOutcome(body: Body, request: TestRequest): Outcome {
  return outcome(
    text(body, "default_service"),
    single(body, "default_route_action"),
    single(body, "default_url_redirect"),
    request,
  );
}

function ruleOutcome(rule: Body, request: TestRequest): Outcome {
  return outcome(text(rule, "service"), single(rule, "route_action"), single(rule, "url_redirect"), request, rule);
}

function outcome(
  service: string | undefined,
  action: Body | undefined,
  redirect: Body | undefined,
  request: TestRequest,
  rule: Body = {},
): Outcome {
  if (redirect !== undefined) return redirected(redirect, request, rule);
  const weighted = action === undefined ? [] : blocks(action, "weighted_backend_services");
  const chosen = weighted
    .filter((each) => (count(each, "weight") ?? 0) > 0)
    .flatMap((each) => text(each, "backend_service") ?? []);
  const rewrite = action === undefined ? undefined : single(action, "url_rewrite");
  const host = text(rewrite, "host_rewrite") ?? request.host;
  return {
    services: chosen.length > 0 ? chosen : service === undefined ? [] : [service],
    url: `http://${host}${replacedPrefix(rule, text(rewrite, "path_prefix_rewrite"), request.path)}`,
  };
}

function redirected(redirect: Body, request: TestRequest, rule: Body): Outcome {
  const [, query] = request.path.split("?");
  const path =
    text(redirect, "path_redirect") ??
    withoutQuery(replacedPrefix(rule, text(redirect, "prefix_redirect"), request.path));
  const rest = redirect["strip_query"] === true || query === undefined ? "" : `?${query}`;
  const scheme = redirect["https_redirect"] === true ? "https" : "http";
  return {
    services: [],
    redirectCode: CODES[text(redirect, "redirect_response_code") ?? "MOVED_PERMANENTLY_DEFAULT"] ?? 301,
    url: `${scheme}://${text(redirect, "host_redirect") ?? request.host}${path}${rest}`,
  };
}

/** The part of the path that the rule matched, exchanged for another. */
function replacedPrefix(rule: Body, replacement: string | undefined, path: string): string {
  if (replacement === undefined) return path;
  const matched = [
    ...blocks(rule, "match_rules").flatMap(
      (match) => text(match, "prefix_match") ?? text(match, "full_path_match") ?? [],
    ),
    ...texts(rule, "paths").map((each) => each.replace(/\*$/, "")),
  ].find((each) => path.startsWith(each));
  return replacement + path.slice(matched?.length ?? 0);
}

const withoutQuery = (path: string): string => path.split("?")[0]!;
