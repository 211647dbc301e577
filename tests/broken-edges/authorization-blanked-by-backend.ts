import { backendOf } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "a custom header of the backend service overwrites Authorization with a variable that does not exist",
  rule: "header-unchanged",
  plant: (terraform) => (backendOf(terraform, "backend").custom_request_headers = ["Authorization: {authorization}"]),
  headers: ["Authorization"],
  places: [
    "api.staging.example.com /ws /ws/* http",
    "api.staging.example.com /ws /ws/* websocket",
    "api.staging.example.com /api/* http",
  ],
  culprit: { attribute: "custom_request_headers[0]", line: '"Authorization: {authorization}"' },
};
