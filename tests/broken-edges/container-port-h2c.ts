import { runServiceOf } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "the container port is named h2c: plain requests pass, every upgrade ends in a 503",
  rule: "reaches-declared-service",
  plant: (terraform) => (runServiceOf(terraform, "backend").template.containers[0].ports.name = "h2c"),
  headers: [null],
  places: ["api.staging.example.com /ws /ws/* websocket"],
  culprit: { attribute: "template.containers[0].ports.name", line: '"h2c"' },
};
