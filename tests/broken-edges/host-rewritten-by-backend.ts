import { backendOf } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "a custom header of the backend service writes Host, and the service takes itself for another",
  rule: "host-intact",
  plant: (terraform) => (backendOf(terraform, "auth").custom_request_headers = ["Host: auth.internal.example.com"]),
  headers: ["Host"],
  places: ["auth.staging.example.com /* http"],
  culprit: { attribute: "custom_request_headers[0]", line: '"Host: auth.internal.example.com"' },
};
