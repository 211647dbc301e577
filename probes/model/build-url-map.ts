import { isFieldValue, isToken } from "../../http/token.ts";
import type { Provenance, Unknown } from "../facts/provenance.ts";
import {
  asBoolean,
  asNumber,
  asString,
  asStrings,
  asTemplate,
  attribute,
  blocks,
  knownText,
  missing,
  referenced,
  singleBlock,
} from "../terraform/graph.ts";
import type { Maybe, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import type {
  Destination,
  HeaderActions,
  HostRule,
  PathMatch,
  PathMatcher,
  RemovedHeader,
  RouteRule,
  UrlMap,
  WrittenHeader,
} from "./edge-model.ts";

const REDIRECT_STATUS: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY_DEFAULT: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

/** A `google_compute_url_map` as data: hosts, ordered rules, header actions of each level (facts U1, U11, U13). */
export function buildUrlMap(graph: ResourceGraph, resource: Resource): UrlMap {
  const { body } = resource;
  const unknowns = unheardOf(body, "urlMap");
  const matchers = blocks(body, "path_matcher").map((matcher) => ({
    name: knownText(attribute(matcher, "name")),
    matcher: buildMatcher(graph, matcher),
  }));
  const hosts = blocks(body, "host_rule").flatMap((rule) => {
    unknowns.push(...unheardOf(rule, "hostRule"));
    return buildHostRules(rule, matchers, unknowns);
  });
  const actions = buildActions(body, "url-map", unknowns);
  return {
    address: resource.address,
    actions,
    destination: destinationOf(graph, body, "default_service", "default_url_redirect"),
    hosts,
    unknowns,
    by: body.by,
  };
}

function buildHostRules(
  rule: Value,
  matchers: readonly { name: string | undefined; matcher: PathMatcher }[],
  unknowns: Unknown[],
): HostRule[] {
  const hosts = attribute(rule, "hosts");
  const names: Maybe<{ value: string; by: Provenance }[]> =
    hosts === undefined ? missing(rule, "hosts") : asStrings(hosts);
  if (names.kind === "unknown") {
    unknowns.push(names);
    return [];
  }
  const wanted = knownText(attribute(rule, "path_matcher"));
  const matcher =
    matchers.find(({ name }) => name !== undefined && name === wanted)?.matcher ??
    missing(rule, `path_matcher ${wanted ?? "(unreadable)"}`);
  return names.value.map(({ value, by }) => ({ host: value.toLowerCase(), matcher, by }));
}

function buildMatcher(graph: ResourceGraph, matcher: Value): PathMatcher {
  const unknowns = unheardOf(matcher, "pathMatcher");
  const rules = blocks(matcher, "route_rules").map((rule) => buildRouteRule(graph, rule));
  return {
    actions: buildActions(matcher, "path-matcher", unknowns),
    destination: destinationOf(graph, matcher, "default_service", "default_url_redirect"),
    rules: rules.sort((a, b) => a.priority - b.priority),
    unknowns,
    by: matcher.by,
  };
}

function buildRouteRule(graph: ResourceGraph, rule: Value): RouteRule {
  const unknowns = unheardOf(rule, "routeRule");
  const written = attribute(rule, "priority");
  const priority = written === undefined ? missing(rule, "priority") : asNumber(written);
  // A rule whose place in the order cannot be known may come before any other.
  if (priority.kind === "unknown") unknowns.push(priority);
  return {
    priority: priority.kind === "known" ? priority.value : Number.NEGATIVE_INFINITY,
    matches: buildMatches(rule),
    actions: buildActions(rule, "route-rule", unknowns),
    destination: destinationOf(graph, rule, "service", "url_redirect"),
    unknowns,
    by: rule.by,
  };
}

function buildMatches(rule: Value): (PathMatch | Unknown)[] {
  const alternatives = blocks(rule, "match_rules").map(buildMatch);
  // No page says that a rule without predicates never matches.
  return alternatives.length > 0 ? alternatives : [missing(rule, "match_rules")];
}

function buildMatch(rule: Value): PathMatch | Unknown {
  const [unheard] = unheardOf(rule, "matchRule");
  if (unheard !== undefined) return unheard;
  // The provider does not send an empty text, so it is as good as absent (fact U5).
  const written = (["full_path_match", "prefix_match"] as const).flatMap((name) => {
    const value = attribute(rule, name);
    return value === undefined || knownText(value) === "" ? [] : [{ name, value }];
  });
  const [predicate, another] = written;
  if (predicate === undefined || another !== undefined) return missing(rule, "single full_path_match or prefix_match");
  const ignoreCase = attribute(rule, "ignore_case");
  const text = asString(predicate.value);
  const ignored = ignoreCase === undefined ? undefined : asBoolean(ignoreCase);
  if (text.kind === "unknown") return text;
  if (ignored?.kind === "unknown") return ignored;
  const kind = predicate.name === "full_path_match" ? "exact" : "prefix";
  return { kind, path: text.value, ignoreCase: ignored?.value ?? false, by: predicate.value.by };
}

function destinationOf(graph: ResourceGraph, block: Value, service: string, redirect: string): Destination {
  const [redirectBlock, another] = blocks(block, redirect);
  const reference = attribute(block, service);
  if (another !== undefined || (redirectBlock !== undefined && reference !== undefined))
    return missing(block, "single destination");
  if (redirectBlock !== undefined) return redirectOf(redirectBlock);
  if (reference === undefined) return missing(block, service);
  const backend = referenced(graph, reference, "google_compute_backend_service");
  return "kind" in backend ? backend : { kind: "backend", address: backend.address, by: reference.by };
}

function redirectOf(block: Value): Destination {
  const [unheard] = unheardOf(block, "redirect");
  const code = attribute(block, "redirect_response_code");
  const status = code === undefined ? 301 : REDIRECT_STATUS[knownText(code) ?? ""];
  const https = booleanOf(block, "https_redirect");
  const stripQuery = booleanOf(block, "strip_query");
  const written = attribute(block, "host_redirect");
  const host = written === undefined ? undefined : asString(written);
  if (host?.kind === "unknown") return host;
  const unread = [unheard, https, stripQuery].find((each) => each?.kind === "unknown");
  if (unread?.kind === "unknown" || https.kind === "unknown" || stripQuery.kind === "unknown") return unread as Unknown;
  if (status === undefined)
    return { kind: "unknown", reason: "has a redirect code that the model does not know", by: (code ?? block).by };
  return {
    kind: "redirect",
    ...(host !== undefined && { host: host.value }),
    https: https.value,
    stripQuery: stripQuery.value,
    status,
    by: block.by,
  };
}

function buildActions(block: Value, level: HeaderActions["level"], unknowns: Unknown[]): HeaderActions {
  const action = singleBlock(block, "header_action", unknowns);
  const empty = { level, remove: [], add: [], removeFromResponse: [], addToResponse: [], by: (action ?? block).by };
  if (action === undefined) return empty;
  unknowns.push(...unheardOf(action, "headerAction"));
  return {
    ...empty,
    remove: removals(action, "request_headers_to_remove", unknowns),
    add: additions(action, "request_headers_to_add", unknowns),
    removeFromResponse: removals(action, "response_headers_to_remove", unknowns),
    addToResponse: additions(action, "response_headers_to_add", unknowns),
  };
}

function removals(action: Value, name: string, unknowns: Unknown[]): RemovedHeader[] {
  const list = attribute(action, name);
  const names = list === undefined ? undefined : asStrings(list);
  if (names?.kind === "unknown") unknowns.push(names);
  const written = names?.kind === "known" ? names.value.map(({ value, by }) => ({ name: value, by })) : [];
  return written.filter((removed) => isName(removed, unknowns));
}

function additions(action: Value, name: string, unknowns: Unknown[]): WrittenHeader[] {
  return blocks(action, name).flatMap((block) => {
    unknowns.push(...unheardOf(block, "headerToAdd"));
    const headerName = attribute(block, "header_name");
    const headerValue = attribute(block, "header_value");
    const replace = attribute(block, "replace");
    const parts = {
      name: headerName === undefined ? missing(block, "header_name") : asString(headerName),
      value: headerValue === undefined ? missing(block, "header_value") : asTemplate(headerValue),
      replace: replace === undefined ? undefined : asBoolean(replace),
    };
    for (const part of Object.values(parts)) if (part?.kind === "unknown") unknowns.push(part);
    if (parts.name.kind === "unknown" || parts.value.kind === "unknown" || parts.replace?.kind === "unknown") return [];
    if (!isName({ name: parts.name.value, by: block.by }, unknowns)) return [];
    if (!isFieldValue(parts.value.value)) {
      unknowns.push({ kind: "unknown", reason: "writes a value that no header line can hold", by: block.by });
      return [];
    }
    return [
      {
        name: parts.name.value,
        value: parts.value.value,
        ...(parts.replace !== undefined && { replace: parts.replace.value }),
        by: block.by,
      },
    ];
  });
}

/** What the API makes of a name that is no token, one with a blank for instance, is not documented. */
function isName({ name, by }: RemovedHeader, unknowns: Unknown[]): boolean {
  if (isToken(name)) return true;
  unknowns.push({ kind: "unknown", reason: `names a header that is no token: ${JSON.stringify(name)}`, by });
  return false;
}

/** A flag that is false when it is not written. */
function booleanOf(block: Value, name: string): Maybe<boolean> {
  const written = attribute(block, name);
  return written === undefined ? { kind: "known", value: false, by: block.by } : asBoolean(written);
}
