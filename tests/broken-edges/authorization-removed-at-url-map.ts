import { routingMap } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "the URL map removes Authorization",
  rule: "header-unchanged",
  plant: (terraform) => routingMap(terraform).header_action.request_headers_to_remove.push("Authorization"),
  headers: ["Authorization"],
  places: [
    "api.staging.example.com /ws /ws/* http",
    "api.staging.example.com /ws /ws/* websocket",
    "api.staging.example.com /api/* http",
    "auth.staging.example.com /* http",
  ],
  culprit: { attribute: "header_action.request_headers_to_remove[2]", line: '"Authorization"' },
};
