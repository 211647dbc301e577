import { routingMap } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "the removal of the forgeable headers is gone",
  rule: "header-never",
  plant: (terraform) => delete routingMap(terraform).header_action,
  headers: ["X-E2E-Bypass", "X-User-Id"],
  places: [
    "api.staging.example.com /ws /ws/* http",
    "api.staging.example.com /ws /ws/* websocket",
    "api.staging.example.com /api/* http",
    "api.staging.example.com /* http",
    "auth.staging.example.com /* http",
    "app.staging.example.com /* http",
  ],
  culprit: { attribute: "header_action.request_headers_to_remove", line: '"routing_url-map' },
};
