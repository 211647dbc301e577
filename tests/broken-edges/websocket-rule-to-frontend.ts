import { backendReference, routingMap } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "the WebSocket rule points at the frontend",
  rule: "reaches-declared-service",
  plant: (terraform) =>
    (routingMap(terraform).path_matcher[0].route_rules[0].service = backendReference(terraform, "frontend")),
  headers: [null],
  places: ["api.staging.example.com /ws /ws/* http", "api.staging.example.com /ws /ws/* websocket"],
  culprit: { attribute: "path_matcher[0].route_rules[0].service", line: "backend-frontend-" },
};
