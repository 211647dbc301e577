import type { RoutePolicy, UrlMap } from "../../../model/url-map.ts";
import { blocks } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { mapsOf, matchersOf, routesOf } from "../ways.ts";

const WORDING = {
  cors: "CORS",
  timeout: "the timeout",
  retries: "retries",
  fault: "faults",
  mirror: "mirroring",
} as const satisfies Partial<Record<keyof RoutePolicy, string>>;

export const defaultActionNotInherited = defineStaticRule({
  id: "default-action-not-inherited",
  title: "a default action that no host rule inherits",
  severity: "warning",
  found: "run",
  because:
    "The map's own `default_route_action` holds for hosts that no host rule names; a path matcher takes nothing over from it.",
  fix: "Write the action into the path matchers: as their `default_route_action`, and in the rules that need it.",
  sources: ["U11"],
  check: ({ graph, edges }) =>
    mapsOf(edges).flatMap((map) => {
      const names = notInherited(map);
      const body = graph.resources.get(map.address)?.body;
      const [block] = body === undefined ? [] : blocks(body, "default_route_action");
      if (names.length === 0 || block === undefined) return [];
      const what = names.map((name) => WORDING[name]).join(" and ");
      return [found(block.by, `${map.address} sets ${what} for hosts alone that no host rule names`)];
    }),
});

/** What the map's default does, and some path matcher nowhere. */
function notInherited(map: UrlMap): (keyof typeof WORDING)[] {
  const names = Object.keys(WORDING) as (keyof typeof WORDING)[];
  return names.filter(
    (name) =>
      map.fallback.policy[name] !== undefined &&
      matchersOf(map).some((matcher) => routesOf(matcher).every(({ policy }) => policy[name] === undefined)),
  );
}
