import { routingMap } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "the URL map removes a header that must be present",
  rule: "header-present",
  plant: (terraform) => routingMap(terraform).header_action.request_headers_to_remove.push("X-Client-Version"),
  contract: (yaml) =>
    yaml
      .replace("headers: #", "headers:\n  client-version: { name: X-Client-Version, arrives: present }\n  #")
      .replace(
        "headers: [authorization, session-cookie, client-address,",
        "headers: [authorization, client-version, session-cookie, client-address,",
      ),
  headers: ["X-Client-Version"],
  places: ["api.staging.example.com /api/* http"],
  culprit: { attribute: "header_action.request_headers_to_remove[2]", line: '"X-Client-Version"' },
};
