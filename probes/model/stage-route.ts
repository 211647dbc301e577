import type { Problem, Provenance, StagedAct, Unknown } from "../facts/provenance.ts";
import { hostRuleFor } from "./host-index.ts";
import { unsupportedActions, unsupportedRules } from "./map-problems.ts";
import { pathEntryFor } from "./path-index.ts";
import type { PathEntry } from "./url-map.ts";
import { ruleMatches } from "./predicates.ts";
import type { Matchable } from "./predicates.ts";
import type {
  Destination,
  HeaderActions,
  HostRule,
  PathMatcher,
  Route,
  RouteMatch,
  RoutePolicy,
  RouteRule,
  UrlMap,
} from "./url-map.ts";

/** Where a request goes, the line that says so, and the header actions on the way, narrow to broad (fact U2). */
export interface Routed {
  readonly destination: Destination;
  readonly policy: RoutePolicy;
  readonly matchedBy: StagedAct;
  /** The host rule and the route rule that matched, as far as there are any. */
  readonly steps: readonly StagedAct[];
  readonly levels: readonly HeaderActions[];
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
  /** The part of the path that the rule names: what a rewrite or a redirect of a prefix replaces. */
  readonly matched: MatchedPath | undefined;
}

export type MatchedPath =
  | { readonly kind: "prefix"; readonly prefix: string; readonly isFolder: boolean }
  | { readonly kind: "whole" }
  | { readonly kind: "template"; readonly groups: Readonly<Record<string, string>> };

/** Host rule, then path rules or route rules, then the path matcher's default (facts U11 to U13). */
export function route(map: UrlMap, subject: Matchable): Routed {
  const way = wayThrough(map, subject);
  return { ...way, problems: [...way.problems, ...unsupportedActions(way, subject.product)] };
}

function wayThrough(map: UrlMap, subject: Matchable): Routed {
  const rule = hostRule(map, subject);
  const base: Base = { levels: [map.actions], unknowns: map.unknowns, problems: map.problems, steps: [] };
  if (rule === undefined)
    return routed(map.fallback, "is the default of the URL map: no host rule names the host", "U11", base);
  if ("reason" in rule) return unsure(rule, base);
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

/** The first rule that matches, or the default. */
function byRules(matcher: PathMatcher, subject: Matchable, base: Base): Ways {
  const passed: { routed: Routed; because: Unknown }[] = [];
  for (const rule of matcher.rules) {
    const { truth, match } = ruleMatches(rule, subject);
    if (truth === false) continue;
    const way = routedByRule(rule, match, subject, base);
    if (truth === true) return { taken: way, passed };
    passed.push({ routed: way, because: truth });
  }
  return { taken: byDefault(matcher, base), passed };
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
  return { kind: "whole" };
}

/** A rule whose paths cannot be read may name this one more exactly than any other. */
function byPaths(matcher: PathMatcher, subject: Matchable, base: Base): Ways {
  const { paths } = matcher;
  const entry = pathEntryFor(paths, subject.path);
  return {
    taken: entry === undefined ? byDefault(matcher, base) : routedByPath(entry, base),
    passed: paths.unread.map(({ rule, because }) => ({
      routed: routed(rule, "is where a path rule sends it", "U12", base),
      because,
    })),
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

/** H24: classic ignores a port in `Host`; elsewhere it takes part, and how is not said in full. */
function hostRule(map: UrlMap, { host, product }: Matchable): HostRule | Unknown | undefined {
  const bare = hostRuleFor(map.index, host.replace(/:\d*$/, ""));
  if (product === "classic" || !/:\d+$/.test(host)) return bare;
  const whole = hostRuleFor(map.index, host);
  if (whole === bare) return bare;
  const reason = "the request's Host names a port, and how that takes part in matching is not documented (H24)";
  return { kind: "unknown", reason, by: map.by };
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

/** Two ways that end at the same backend with the same header actions are one, as far as both can be read. */
function comesToTheSame(a: Routed, b: Routed): boolean {
  const acts = ({ levels }: Routed): string =>
    JSON.stringify(
      levels
        .map(({ remove, add, removeFromResponse, addToResponse }) => [remove, add, removeFromResponse, addToResponse])
        .filter((lists) => lists.some((list) => list.length > 0)),
    );
  const isPlain = ({ policy }: Routed): boolean => Object.keys(policy).length === 0;
  return (
    a.destination.kind === "backend" &&
    b.destination.kind === "backend" &&
    a.destination.address === b.destination.address &&
    JSON.stringify(a.unknowns) === JSON.stringify(b.unknowns) &&
    isPlain(a) &&
    isPlain(b) &&
    acts(a) === acts(b)
  );
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
  const ignored = path.ignoreCase ? ", in any case" : "";
  return `the path ${path.kind === "exact" ? "is" : "starts with"} ${path.path}${ignored}`;
}
