import { routingMap } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "a route rule writes its own subprotocol list, so the service cannot select the one that was offered",
  rule: "subprotocol-list-whole",
  plant: (terraform) =>
    routingMap(terraform).path_matcher[0].route_rules[0].header_action.request_headers_to_add.push({
      header_name: "Sec-WebSocket-Protocol",
      header_value: "chat",
      replace: true,
    }),
  contract: (yaml) => yaml.replace("arrives: unchanged, answer: jwt-auth", "arrives: present, answer: jwt-auth"),
  headers: ["Sec-WebSocket-Protocol"],
  places: ["api.staging.example.com /ws /ws/* websocket"],
  culprit: { attribute: "path_matcher[0].route_rules[0].header_action.request_headers_to_add[1]", line: "{" },
};
