import { routingMap } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "the rule lists /ws/ and what is below, and not /ws itself",
  rule: "reaches-declared-service",
  plant: (terraform) => routingMap(terraform).path_matcher[0].route_rules[0].match_rules.shift(),
  headers: [null],
  places: ["api.staging.example.com /ws /ws/* http", "api.staging.example.com /ws /ws/* websocket"],
  culprit: { attribute: "path_matcher[0].default_service", line: "backend-frontend-" },
};
