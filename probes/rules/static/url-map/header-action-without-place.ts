import { attribute } from "../../../terraform/graph.ts";
import type { Value } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Located } from "../define-rule.ts";
import { URL_MAPS, resourcesOf } from "../reading.ts";

/** Blocks that hold header actions. */
const PLACES = ["", "path_matcher", "route_rules", "weighted_backend_services"];

/** A name that is often written and that no block has. */
const NOWHERE = "request_header_transformations";

/** Whether this rule speaks of a name in a block of a URL map, `""` for the map itself, so that no other has to. */
export function isHeaderActionWithoutPlace(block: string, name: string): boolean {
  return name === NOWHERE || (name === "header_action" && !PLACES.includes(block));
}

export const headerActionWithoutPlace = defineStaticRule({
  id: "header-action-without-place",
  title: "a header action where there is none",
  severity: "error",
  found: "validate",
  because:
    "Header actions exist at the URL map, the path matcher, the route rule and the weighted backend service, and nowhere else: Terraform refuses the block.",
  fix: "Use `route_rules` in place of `path_rule` and give the rule a `header_action`, or move the action to the path matcher.",
  sources: ["U1"],
  options: [
    {
      what: "Delete the block, if it is to let headers pass: they pass by themselves.",
      effort: "minutes",
      risk: "none",
    },
    { what: "Move it to the path matcher, for every path of the host.", effort: "minutes", risk: "low" },
    {
      what: "Turn the path rules into route rules, each with a header_action of its own.",
      effort: "hours",
      risk: "medium",
    },
  ],
  check: ({ graph }) => resourcesOf(graph, URL_MAPS).flatMap(({ body }) => misplacedIn(body, "")),
});

function misplacedIn(value: Value, name: string): Located[] {
  if (value.kind === "list") return value.items.flatMap((item) => misplacedIn(item, name));
  if (value.kind !== "object") return [];
  const own = ["header_action", NOWHERE].flatMap((action) => {
    const written = isHeaderActionWithoutPlace(name, action) ? attribute(value, action) : undefined;
    const [block = written] = written?.kind === "list" ? written.items : [];
    return block === undefined ? [] : [found(block.by, `${name === "" ? "a URL map" : name} has no ${action}`)];
  });
  return [...own, ...[...value.entries].flatMap(([key, entry]) => misplacedIn(entry, key))];
}
