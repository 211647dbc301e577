import type { Problem, Provenance } from "../facts/provenance.ts";
import type { Product } from "./edge-model.ts";
import type { HostRule, PathMatcher, Route, RouteRule } from "./url-map.ts";

/** U11: a host stands in one rule only. */
export function repeatedHosts(rules: readonly HostRule[]): Problem[] {
  const seen = new Set<string>();
  return rules
    .filter(({ host }) => seen.size === seen.add(host).size)
    .map(({ host, by }) => refused(`${host} stands in another host rule too`, "U11", by));
}

const MAX_PRIORITY = 2_147_483_647;

/** U13: priorities are whole numbers in a range, each given once. */
export function priorityProblems(rules: readonly RouteRule[]): Problem[] {
  const seen = new Set<number>();
  return rules.flatMap(({ priority, by }) => {
    if (priority === undefined) return [];
    const isGood = Number.isInteger(priority) && priority >= 0 && priority <= MAX_PRIORITY;
    if (!isGood) return [refused(`${priority} is no priority: they go from 0 to ${MAX_PRIORITY}`, "U13", by)];
    return seen.size === seen.add(priority).size ? [refused(`another rule has priority ${priority}`, "U13", by)] : [];
  });
}

/** What a balancer of this kind does not have (facts U9, U14). */
export function unsupportedRules({ rules, expressions, by }: PathMatcher, product: Product): Problem[] {
  if (product !== "global" && product !== "classic") return [];
  const classic = product === "classic" && rules.length > 0;
  return [
    ...(classic ? [refused("route rules are not supported by the classic balancer", "U9", rules[0]?.by ?? by)] : []),
    ...expressions.map((place) => refused(`regex matches are not supported by the ${product} balancer`, "U14", place)),
  ];
}

/** Where rules match by an expression: looked for once, for a request meets them all. */
export function expressionsIn(rules: readonly RouteRule[]): Provenance[] {
  return rules.flatMap(({ matches }) => matches.flatMap((match) => ("reason" in match ? [] : patterns(match))));
}

function patterns({ path, headers, query }: Exclude<RouteRule["matches"][number], { kind: "unknown" }>): Provenance[] {
  const named = [...headers, ...query].filter(({ predicate }) => predicate.kind === "regex").map(({ by }) => by);
  return path?.kind === "regex" ? [path.by, ...named] : named;
}

/** U9: the classic balancer's route actions rewrite URLs, and nothing else. */
export function unsupportedActions({ destination, policy }: Pick<Route, "destination" | "policy">, product: Product) {
  if (product !== "classic") return [];
  const { fault, cors, retries, mirror } = policy;
  const places = [
    destination.kind === "weighted" ? destination.by : undefined,
    fault?.by,
    cors?.by,
    retries,
    mirror,
  ].filter((place) => place !== undefined);
  return places.map((place) => refused("the classic balancer's route actions only rewrite URLs", "U9", place));
}

function refused(reason: string, fact: string, by: Provenance): Problem {
  return { reason, found: "apply", fact, by };
}
