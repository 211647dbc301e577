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

function unreachable(matcher: PathMatcher): Located[] {
  const { rules } = matcher;
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index).filter((other) => isBefore(other, rule));
    const shadows = rule.matches.map((match) => ("reason" in match ? undefined : shadowOf(match, earlier)));
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

/** The earlier rule that takes every request which the match holds for. */
function shadowOf({ path }: RouteMatch, earlier: readonly RouteRule[]): RouteRule | undefined {
  return earlier.find(({ matches }) =>
    matches.some((match) => !("reason" in match) && isByPathAlone(match) && covers(match.path, path)),
  );
}

/** Whether every path that meets the second meets the first. */
function covers(broad: PathPredicate | undefined, narrow: PathPredicate | undefined): boolean {
  if (broad === undefined || broad.kind === "partial" || broad.kind === "regex") return false;
  if (broad.kind === "prefix" && broad.path === "/") return true;
  if (narrow === undefined) return false;
  if (broad.kind === "template") return narrow.kind === "template" && narrow.path === broad.path;
  if (foldsCase(narrow) && !broad.ignoreCase) return false;
  const folded = (text: string): string => (broad.ignoreCase ? text.toLowerCase() : text);
  if (broad.kind === "exact") return narrow.kind === "exact" && folded(narrow.path) === folded(broad.path);
  const start = startOf(narrow);
  return start !== undefined && folded(start).startsWith(folded(broad.path));
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
