import { backendOf } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "a custom header of the backend service writes X-Forwarded-For, and the client's entries are gone",
  rule: "header-appended",
  plant: (terraform) =>
    (backendOf(terraform, "backend").custom_request_headers = ["X-Forwarded-For: {client_ip_address}"]),
  headers: ["X-Forwarded-For"],
  places: ["api.staging.example.com /api/* http"],
  culprit: { attribute: "custom_request_headers[0]", line: '"X-Forwarded-For: {client_ip_address}"' },
};
