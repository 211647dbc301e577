import type { Problem, Provenance, StagedAct, Unknown } from "../facts/provenance.ts";
import { hostRuleFor, unreadFor as unreadHostsFor } from "./host-index.ts";
import { unsupportedActions, unsupportedRules } from "./map-problems.ts";
import { othersFor, pathEntryFor, unreadFor } from "./path-index.ts";
import type { PathEntry } from "./url-map.ts";
import { ruleMatches } from "./predicates.ts";
import type { MatchedPath, Routed } from "./routed.ts";
import { comesToTheSame } from "./same-way.ts";
import type { Matchable } from "./predicates.ts";
import type { HeaderActions, HostRule, PathMatcher, Route, RouteMatch, RouteRule, UrlMap } from "./url-map.ts";

/** Host rule, then path rules or route rules, then the path matcher's default (facts U11 to U13). */
export function route(map: UrlMap, subject: Matchable): Routed {
  const way = wayThrough(map, subject);
  return { ...way, problems: [...way.problems, ...unsupportedActions(way, subject.product)] };
}

function wayThrough(map: UrlMap, subject: Matchable): Routed {
  const { taken, passed } = hostRules(map, subject);
  const way = byHost(taken, map, subject);
  const open = passed.find(({ rule }) => !comesToTheSame(byHost(rule, map, subject), way));
  return open === undefined ? way : unsure(open.because, baseOf(map), "may name the host, which cannot be told");
}

function baseOf(map: UrlMap): Base {
  return { levels: [map.actions], unknowns: map.unknowns, problems: map.problems, steps: [] };
}

function byHost(rule: HostRule | undefined, map: UrlMap, subject: Matchable): Routed {
  const base = baseOf(map);
  if (rule === undefined)
    return routed(map.fallback, "is the default of the URL map: no host rule names the host", "U11", base);
  const { matcher } = rule;
  if ("reason" in matcher) return unsure(matcher, base, "picks no readable path matcher");
  return inMatcher(matcher, subject, {
    levels: [matcher.actions, map.actions],
    unknowns: [...map.unknowns, ...matcher.unknowns],
    problems: [...map.problems, ...matcher.problems, ...unsupportedRules(matcher, subject.product)],
    steps: [step(rule.by, `host rule ${rule.host} names the host`, "U11")],
  });
}

interface Base {
  readonly levels: readonly HeaderActions[];
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
  readonly steps: readonly StagedAct[];
}

function inMatcher(matcher: PathMatcher, subject: Matchable, base: Base): Routed {
  const ways = matcher.rules.length > 0 ? byRules(matcher, subject, base) : byPaths(matcher, subject, base);
  const open = ways.passed.find((other) => !comesToTheSame(other.routed, ways.taken));
  return open === undefined ? ways.taken : unsure(open.because, base, "may match, which cannot be told");
}

function byDefault({ fallback }: PathMatcher, base: Base): Routed {
  return routed(fallback, "is the default of the path matcher: no rule matches the path", "U13", base);
}

/** The way that is certain to be taken unless one of those before it is, of which that cannot be told. */
interface Ways {
  readonly taken: Routed;
  readonly passed: readonly { readonly routed: Routed; readonly because: Unknown }[];
}

/** The first rule that matches, or the default. One whose priority is not known may come before any other. */
function byRules(matcher: PathMatcher, subject: Matchable, base: Base): Ways {
  const passed: { routed: Routed; because: Unknown; matches: boolean }[] = [];
  for (const [index, rule] of matcher.rules.entries()) {
    const { truth, match } = ruleMatches(rule, subject);
    if (truth === false) continue;
    const way = routedByRule(rule, match, subject, base);
    if (truth === true && rule.unplaced === undefined)
      return { taken: way, passed: [...passed, ...equalsOf(index, matcher, subject, base)] };
    passed.push({ routed: way, because: truth === true ? rule.unplaced! : truth, matches: truth === true });
  }
  const certain = passed.find(({ matches }) => matches);
  if (certain === undefined) return { taken: byDefault(matcher, base), passed };
  return { taken: certain.routed, passed: passed.filter((way) => way !== certain) };
}

/** Rules with the priority of this one that may match too: no page says which of them is the first (fact U13). */
function equalsOf(index: number, { rules }: PathMatcher, subject: Matchable, base: Base): Ways["passed"] {
  const { priority, by } = rules[index]!;
  const end = rules.findIndex((rule, at) => at > index && rule.priority !== priority);
  return rules.slice(index + 1, end === -1 ? undefined : end).flatMap((rule) => {
    const { truth, match } = ruleMatches(rule, subject);
    const reason = `has the priority ${priority} of another rule that matches: which comes first is not documented (U13)`;
    return truth === false
      ? []
      : [{ routed: routedByRule(rule, match, subject, base), because: { kind: "unknown", reason, by } }];
  });
}

function routedByRule(rule: RouteRule, match: RouteMatch | undefined, { path }: Matchable, base: Base): Routed {
  const by = match?.path?.by ?? match?.by ?? rule.by;
  const effect = `route rule of priority ${rule.priority ?? "unknown"} matches${match === undefined ? "" : `: ${wording(match)}`}`;
  return {
    ...routed(rule, "is where the matching route rule sends it", "U13", {
      ...base,
      levels: [rule.actions, ...base.levels],
      steps: [...base.steps, step(by, effect, "U13")],
    }),
    matched: matchedPath(match, path),
  };
}

function matchedPath(match: RouteMatch | undefined, path: string): MatchedPath | undefined {
  const predicate = match?.path;
  if (predicate === undefined) return undefined;
  if (predicate.kind === "prefix")
    return { kind: "prefix", prefix: path.slice(0, predicate.path.length), isFolder: false };
  if (predicate.kind === "template") return { kind: "template", groups: { ...predicate.pattern.exec(path)?.groups } };
  if (predicate.kind === "partial") return { kind: "open" };
  return { kind: "whole" };
}

/** A rule whose paths cannot be read may name this one more exactly than any other. */
function byPaths(matcher: PathMatcher, subject: Matchable, base: Base): Ways {
  const { paths } = matcher;
  const entry = pathEntryFor(paths, subject.path);
  const others = (entry === undefined ? [] : othersFor(paths, entry)).map((other) => {
    const reason = `names the path ${other.path} like another rule: which of them counts is not documented (U12)`;
    return { routed: routedByPath(other, base), because: { kind: "unknown", reason, by: other.by } as const };
  });
  const unread = unreadFor(paths, subject.path, entry).map(({ rule, text }) => ({
    routed: { ...routed(rule, "is where a path rule sends it", "U12", base), matched: { kind: "open" } as const },
    because: text.because,
  }));
  return {
    taken: entry === undefined ? byDefault(matcher, base) : routedByPath(entry, base),
    passed: [...others, ...unread],
  };
}

function routedByPath({ rule, path, isPrefix, by }: PathEntry, base: Base): Routed {
  const effect = isPrefix ? `a path rule names what is below ${path}` : `a path rule names the path ${path}`;
  return {
    ...routed(rule, "is where the matching path rule sends it", "U12", {
      ...base,
      steps: [...base.steps, step(by, effect, "U12")],
    }),
    matched: isPrefix ? { kind: "prefix", prefix: path, isFolder: true } : { kind: "whole" },
  };
}

interface HostWays {
  readonly taken: HostRule | undefined;
  /** Those that may name the host in its place; undefined: none does. */
  readonly passed: readonly { readonly rule: HostRule | undefined; readonly because: Unknown }[];
}

/** H24: classic ignores a port in `Host`; elsewhere it takes part, and how is not said in full. */
function hostRules({ index, by }: UrlMap, { host, product }: Matchable): HostWays {
  const bare = host.replace(/:\d*$/, "");
  const taken = hostRuleFor(index, bare);
  const others = (taken === undefined ? [] : (index.repeated.get(taken.host) ?? [])).map((rule) => {
    const reason = `${rule.host} stands in several host rules, and which of them counts is not documented (U11)`;
    return { rule, because: { kind: "unknown", reason, by: rule.by } as const };
  });
  const isPortSeen = product !== "classic" && /:\d+$/.test(host);
  const whole = isPortSeen ? hostRuleFor(index, host) : taken;
  const reason = "the request's Host names a port, and how that takes part in matching is not documented (H24)";
  const ported = whole === taken ? [] : [{ rule: whole, because: { kind: "unknown", reason, by } as const }];
  const names = isPortSeen ? [bare, host] : [bare];
  const unread = names.flatMap((name) => unreadHostsFor(index, name, taken));
  return {
    taken,
    passed: [...others, ...ported, ...unread.map(({ rule, text }) => ({ rule, because: text.because }))],
  };
}

function routed(taken: Route, effect: string, fact: string, { levels, unknowns, problems, steps }: Base): Routed {
  const { destination } = taken;
  return {
    destination,
    policy: taken.policy,
    matchedBy: step(destination.by, effect, fact),
    levels,
    unknowns: [...unknowns, ...taken.unknowns.filter((each) => !unknowns.includes(each))],
    problems: [...problems, ...taken.problems.filter((each) => !problems.includes(each))],
    steps,
    matched: undefined,
  };
}

function unsure(because: Unknown, base: Base, effect = "cannot be told"): Routed {
  const { affects: _, ...open } = because;
  return { ...base, destination: open, policy: {}, matchedBy: step(because.by, effect, "U11"), matched: undefined };
}

function step(by: Provenance, effect: string, fact: string): StagedAct {
  return { ...by, effect, fact, stage: "route" };
}

function wording({ path, headers, query }: RouteMatch): string {
  const own = [
    ...(path === undefined ? [] : [pathWording(path)]),
    ...query.map(({ name }) => `the query's ${name}`),
    ...headers.map(({ name }) => `the header ${name}`),
  ];
  return own.join(", ");
}

function pathWording(path: NonNullable<RouteMatch["path"]>): string {
  if (path.kind === "template") return `the path is like ${path.path}`;
  if (path.kind === "regex") return `the path matches ${path.path}`;
  if (path.kind === "partial") return "the path is like one that is not known in full";
  const ignored = path.ignoreCase ? ", in any case" : "";
  return `the path ${path.kind === "exact" ? "is" : "starts with"} ${path.path}${ignored}`;
}
