import type { Problem } from "../../../facts/provenance.ts";
import { levelProblems } from "../../../model/level-problems.ts";
import { unsupportedActions, unsupportedRules } from "../../../model/map-problems.ts";
import type { UrlMap } from "../../../model/url-map.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { levelsIn, productsOf } from "../levels.ts";
import { firstInFile, mapsOf, matchersOf, routesOf } from "../ways.ts";

export const classicMapWithAdvancedRouting = defineStaticRule({
  id: "classic-map-with-advanced-routing",
  title: "route rules or header actions on the classic balancer",
  severity: "error",
  found: "apply",
  because:
    "The classic balancer has path rules and URL rewrites, and neither route rules nor header actions: Google refuses the map.",
  fix: 'Set `load_balancing_scheme = "EXTERNAL_MANAGED"` on every backend service of the map and on its forwarding rules.',
  sources: ["U9", "U10"],
  check: (subject) =>
    mapsOf(subject.edges).flatMap((map) => {
      const products = productsOf(subject, map);
      const classic = products.find(({ value }) => value === "classic") ?? products.find(isUnwritten);
      const first = classic === undefined ? undefined : firstInFile(refusals(map).map(({ by }) => by));
      if (first === undefined || classic === undefined) return [];
      const scheme = isUnwritten(classic) ? "has no load_balancing_scheme" : "is EXTERNAL";
      const title = `${map.address} needs the global balancer, and ${classic.by.address} ${scheme}`;
      return [found(first, title, { by: [classic.by], ...(isUnwritten(classic) && { dependsOn: "default-scheme" }) })];
    }),
});

/** Which balancer is meant depends on the version of the provider (fact U10). */
function isUnwritten({ value }: { readonly value: string }): boolean {
  return value === "default";
}

function refusals(map: UrlMap): Problem[] {
  const matchers = matchersOf(map);
  const routes = [map.fallback, ...matchers.flatMap(routesOf)];
  return [
    ...levelProblems(
      levelsIn(map).map(({ actions }) => actions),
      "classic",
    ),
    ...matchers.flatMap((matcher) => unsupportedRules(matcher, "classic")),
    ...routes.flatMap((route) => unsupportedActions(route, "classic")),
  ].filter(({ fact }) => fact === "U9");
}
