import type { Provenance, Unknown } from "../facts/provenance.ts";
import {
  asBoolean,
  asNumber,
  asString,
  asStrings,
  asTemplate,
  attribute,
  blocks,
  referenced,
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
    name: textOf(attribute(matcher, "name")),
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
  const wanted = textOf(attribute(rule, "path_matcher"));
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
    matches: blocks(rule, "match_rules").map(buildMatch),
    actions: buildActions(rule, "route-rule", unknowns),
    destination: destinationOf(graph, rule, "service", "url_redirect"),
    unknowns,
    by: rule.by,
  };
}

function buildMatch(rule: Value): PathMatch | Unknown {
  const [unheard] = unheardOf(rule, "matchRule");
  if (unheard !== undefined) return unheard;
  const exact = attribute(rule, "full_path_match");
  const path = exact ?? attribute(rule, "prefix_match");
  if (path === undefined) return missing(rule, "full_path_match or prefix_match");
  const ignoreCase = attribute(rule, "ignore_case");
  const text = asString(path);
  const ignored = ignoreCase === undefined ? undefined : asBoolean(ignoreCase);
  if (text.kind === "unknown") return text;
  if (ignored?.kind === "unknown") return ignored;
  return {
    kind: exact === undefined ? "prefix" : "exact",
    path: text.value,
    ignoreCase: ignored?.value ?? false,
    by: path.by,
  };
}

function destinationOf(graph: ResourceGraph, block: Value, service: string, redirect: string): Destination {
  const [redirectBlock] = blocks(block, redirect);
  if (redirectBlock !== undefined) return redirectOf(redirectBlock);
  const reference = attribute(block, service);
  if (reference === undefined) return missing(block, service);
  const backend = referenced(graph, reference, "google_compute_backend_service");
  return "kind" in backend ? backend : { kind: "backend", address: backend.address, by: reference.by };
}

function redirectOf(block: Value): Destination {
  const [unheard] = unheardOf(block, "redirect");
  const code = attribute(block, "redirect_response_code");
  const status = code === undefined ? 301 : REDIRECT_STATUS[textOf(code) ?? ""];
  if (unheard !== undefined) return unheard;
  if (status === undefined)
    return { kind: "unknown", reason: "has a redirect code that the model does not know", by: (code ?? block).by };
  return {
    kind: "redirect",
    https: isTrue(block, "https_redirect"),
    stripQuery: isTrue(block, "strip_query"),
    status,
    by: block.by,
  };
}

function buildActions(block: Value, level: HeaderActions["level"], unknowns: Unknown[]): HeaderActions {
  const [action] = blocks(block, "header_action");
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
  return names?.kind === "known" ? names.value.map(({ value, by }) => ({ name: value, by })) : [];
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

function isTrue(block: Value, name: string): boolean {
  const value = attribute(block, name);
  return value?.kind === "literal" && value.value === true;
}

function textOf(value: Value | undefined): string | undefined {
  const text = value === undefined ? undefined : asString(value);
  return text?.kind === "known" ? text.value : undefined;
}

function missing(block: Value, what: string): Unknown {
  return { kind: "unknown", reason: `has no ${what} that can be read`, by: block.by };
}
