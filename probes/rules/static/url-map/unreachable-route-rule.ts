import type { PathMatcher, PathPredicate, RouteMatch, RouteRule } from "../../../model/url-map.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Located } from "../define-rule.ts";
import { addressesOf, isSocketPath } from "../sockets.ts";
import { formOf, isByPathAlone, mapsOf, matchersOf } from "../ways.ts";

export const unreachableRouteRule = defineStaticRule({
  id: "unreachable-route-rule",
  title: "a route rule that no request comes to",
  severity: "warning",
  found: "run",
  because: "The rule with the lowest priority number that matches is taken, however exact a later one is.",
  fix: "Give the more exact rule the lower number.",
  sources: ["U13"],
  check: ({ edges }) => mapsOf(edges).flatMap((map) => matchersOf(map).flatMap(unreachable)),
});

function unreachable({ rules }: PathMatcher): Located[] {
  const taken = new Taken();
  return rules.flatMap((rule) => {
    const shadows = rule.matches.map((match) => ("reason" in match ? undefined : taken.by(match.path, rule)));
    taken.add(rule);
    const [first] = shadows;
    if (first === undefined || shadows.some((shadow) => shadow === undefined)) return [];
    return [said(rule, first)];
  });
}

function isBefore(one: RouteRule, other: RouteRule): boolean {
  return one.priority !== undefined && other.priority !== undefined && one.priority < other.priority;
}

function said(rule: RouteRule, shadow: RouteRule): Located {
  const [match] = rule.matches as readonly RouteMatch[];
  const form = formOf(match?.path) ?? "the rule";
  const isRedirect = shadow.destination.kind === "redirect";
  const isSame = addressesOf(rule).join() === addressesOf(shadow).join() && !isRedirect;
  const title = `${form} never comes to priority ${rule.priority}: priority ${shadow.priority} ${isRedirect ? "redirects" : "takes"} it first`;
  const severity = isSame ? "note" : isSocketPath(form) ? "error" : "warning";
  return found(match?.path?.by ?? rule.by, title, { by: [shadow.by], severity });
}

/** Paths that the rules before one take whatever else a request says, by the first rule that does. */
class Taken {
  private readonly first = new Map<string, RouteRule>();

  add(rule: RouteRule): void {
    for (const match of rule.matches) {
      if ("reason" in match || !isByPathAlone(match)) continue;
      for (const key of keysOf(match.path)) if (!this.first.has(key)) this.first.set(key, rule);
    }
  }

  /** The earlier rule that takes every path which meets the predicate; undefined where none does. */
  by(path: PathPredicate | undefined, rule: RouteRule): RouteRule | undefined {
    const shadow = keysAbove(path)
      .map((key) => this.first.get(key))
      .find((each) => each !== undefined);
    return shadow !== undefined && isBefore(shadow, rule) ? shadow : undefined;
  }
}

/** Under which a predicate is found by those that it covers. */
function keysOf(path: PathPredicate | undefined): string[] {
  if (path === undefined || path.kind === "partial" || path.kind === "regex") return [];
  if (path.kind === "template") return [`template ${path.path}`];
  if (path.kind === "prefix" && path.path === "/") return ["prefix /", "any prefix /"];
  return [path.ignoreCase ? `any ${path.kind} ${path.path.toLowerCase()}` : `${path.kind} ${path.path}`];
}

/** Under which those are found that cover every path which meets the predicate. */
function keysAbove(path: PathPredicate | undefined): string[] {
  if (path === undefined) return ["prefix /"];
  const start = startOf(path);
  const own = path.kind === "template" ? [`template ${path.path}`] : [];
  if (start === undefined) return [...own, "prefix /"];
  const isExactCase = !foldsCase(path);
  for (let length = start.length; length > 0; length -= 1) {
    const head = start.slice(0, length);
    own.push(...(isExactCase ? [`prefix ${head}`] : []), `any prefix ${head.toLowerCase()}`);
  }
  if (path.kind === "exact") own.push(...(isExactCase ? [`exact ${start}`] : []), `any exact ${start.toLowerCase()}`);
  return own;
}

function foldsCase(path: PathPredicate): boolean {
  return "ignoreCase" in path && path.ignoreCase;
}

/** What every path begins with that meets the predicate. */
function startOf(path: PathPredicate): string | undefined {
  if (path.kind === "exact" || path.kind === "prefix") return path.path;
  if (path.kind === "partial") return path.text.starts;
  return path.kind === "template" ? path.path.replace(/[{*].*$/, "") : undefined;
}
