import { routingMap } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "the URL map removes Origin, and the service cannot tell its own pages from foreign ones",
  rule: "origin-intact",
  plant: (terraform) => routingMap(terraform).header_action.request_headers_to_remove.push("Origin"),
  headers: ["Origin"],
  places: ["api.staging.example.com /ws /ws/* http", "api.staging.example.com /ws /ws/* websocket"],
  culprit: { attribute: "header_action.request_headers_to_remove[2]", line: '"Origin"' },
};
