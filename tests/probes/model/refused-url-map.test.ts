import { describe, it } from "vitest";
import { ADDRESS } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { expectRefused } from "../../support/unknown-effect.ts";
import type { UnknownEffect } from "../../support/unknown-effect.ts";

const MAP = ADDRESS.urlMap;
const API = "${google_compute_backend_service.api.id}";
const MATCHER = "path_matcher[0]";
const RULE = `${MATCHER}.route_rules[0]`;
const action = (more: object) => ({ header_action: more });
const adds = (more: object) => action({ request_headers_to_add: [{ header_name: "X-A", header_value: "v", ...more }] });

function pathRules({ pathMatcher }: SmallEdge, rules: object[]): void {
  delete pathMatcher["route_rules"];
  pathMatcher["path_rule"] = rules;
}

function acts({ routeRule }: SmallEdge, routeAction: object, keepsService = false): void {
  if (!keepsService) delete routeRule["service"];
  routeRule["route_action"] = routeAction;
}

const REFUSED: readonly UnknownEffect[] = [
  [
    "an unheard attribute of the URL map",
    (e) => (e.urlMap["default_rout_action"] = {}),
    MAP,
    "default_rout_action",
    '"default_rout_action": ',
  ],
  [
    "an unheard attribute of a header action at the URL map",
    (e) => Object.assign(e.urlMap, action({ rewrite: "x" })),
    MAP,
    "header_action.rewrite",
    '"rewrite": ',
  ],
  [
    "an unheard attribute of a written header",
    (e) => Object.assign(e.urlMap, adds({ append_action: "x" })),
    MAP,
    "header_action.request_headers_to_add[0].append_action",
    '"append_action": ',
  ],
  ["an unheard attribute of a host rule", (e) => (e.hostRule["port"] = 1), MAP, "host_rule[0].port", '"port": '],
  [
    "an unheard attribute of a path rule",
    (e) => pathRules(e, [{ paths: ["/ws"], service: API, header_action: {} }]),
    MAP,
    `${MATCHER}.path_rule[0].header_action`,
    '"header_action": ',
  ],
  [
    "an unheard attribute of a route action",
    (e) => acts(e, { header_action: {} }, true),
    MAP,
    `${RULE}.route_action.header_action`,
    '"header_action": ',
  ],
];

describe("what no provider takes is a problem with its place, and has no effect", () => {
  it.each(REFUSED)("%s", (...row) => {
    expectRefused(row);
  });
});
