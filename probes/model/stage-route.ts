import type { Provenance, StagedAct, Unknown } from "../facts/provenance.ts";
import type { Destination, HeaderActions, HostRule, PathMatch, PathMatcher, RouteRule, UrlMap } from "./edge-model.ts";

/** Where a request goes, the line that says so, and the header actions on the way, narrow to broad (fact U2). */
export interface Routed {
  readonly destination: Destination;
  readonly matchedBy: StagedAct;
  /** The host rule and the route rule that matched, as far as there are any. */
  readonly steps: readonly StagedAct[];
  readonly levels: readonly HeaderActions[];
  readonly unknowns: readonly Unknown[];
}

/** Host rule, then route rules by priority, then the path matcher's default (facts U11, U13). */
export function route(map: UrlMap, host: string, path: string): Routed {
  const rule = hostRuleFor(map.hosts, host);
  if (rule === undefined) {
    return routed(
      map.destination,
      "is the default of the URL map: no host rule names the host",
      "U11",
      [map.actions],
      map.unknowns,
    );
  }
  if ("kind" in rule.matcher)
    return routed(
      rule.matcher,
      "picks no readable path matcher",
      "U11",
      [map.actions],
      [...map.unknowns, rule.matcher],
    );
  const { matcher } = rule;
  const steps = [step(rule.by, `host rule ${rule.host} names the host`, "U11")];
  const levels = [matcher.actions, map.actions];
  const unknowns = [...map.unknowns, ...matcher.unknowns];
  const found = firstMatch(matcher, path);
  if (found === undefined)
    return routed(
      matcher.destination,
      "is the default of the path matcher: no rule matches the path",
      "U13",
      levels,
      unknowns,
      steps,
    );
  if ("reason" in found)
    return routed(found, "may match, which cannot be told", "U13", levels, [...unknowns, found], steps);
  const { rule: chosen, match } = found;
  return routed(
    chosen.destination,
    "is where the matching route rule sends it",
    "U13",
    [chosen.actions, ...levels],
    [...unknowns, ...chosen.unknowns],
    [...steps, step(match.by, `route rule of priority ${chosen.priority} matches: ${wording(match)}`, "U13")],
  );
}

function routed(
  destination: Destination,
  effect: string,
  fact: string,
  levels: readonly HeaderActions[],
  unknowns: readonly Unknown[],
  steps: readonly StagedAct[] = [],
): Routed {
  return { destination, matchedBy: step(destination.by, effect, fact), levels, unknowns, steps };
}

function step(by: Provenance, effect: string, fact: string): StagedAct {
  return { ...by, effect, fact, stage: "route" };
}

function wording({ kind, path, ignoreCase }: PathMatch): string {
  return `the path ${kind === "exact" ? "is" : "starts with"} ${path}${ignoreCase ? ", in any case" : ""}`;
}

/** Exact host first, then the longest wildcard; `*` stands for `[a-z0-9-.]*` at the start only (fact U11). */
function hostRuleFor(rules: readonly HostRule[], host: string): HostRule | undefined {
  const name = host.toLowerCase();
  const exact = rules.find((rule) => rule.host === name);
  if (exact !== undefined) return exact;
  return rules
    .filter((rule) => rule.host.startsWith("*") && name.endsWith(rule.host.slice(1)) && /^[a-z0-9.-]*$/.test(name))
    .sort((a, b) => b.host.length - a.host.length)[0];
}

interface Matched {
  readonly rule: RouteRule;
  readonly match: PathMatch;
}

/** The first rule that matches; an unknown where a rule that cannot be read may match first. */
function firstMatch(matcher: PathMatcher, path: string): Matched | Unknown | undefined {
  for (const rule of matcher.rules) {
    const readable = rule.matches.filter((match): match is PathMatch => !("reason" in match));
    const match = readable.find((each) => matches(each, path));
    if (match !== undefined) return { rule, match };
    const unreadable = rule.matches.find((match): match is Unknown => "reason" in match);
    if (unreadable !== undefined) return unreadable;
  }
  return undefined;
}

/** `prefix_match` is a literal prefix, `full_path_match` the whole path (fact U13). */
function matches(match: PathMatch, path: string): boolean {
  const [wanted, given] = match.ignoreCase ? [match.path.toLowerCase(), path.toLowerCase()] : [match.path, path];
  return match.kind === "exact" ? given === wanted : given.startsWith(wanted);
}
