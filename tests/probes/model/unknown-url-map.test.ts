import { describe, it } from "vitest";
import { ADDRESS } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { VARIABLE, expectUnknownEffect } from "../../support/unknown-effect.ts";
import type { UnknownEffect } from "../../support/unknown-effect.ts";

const MAP = ADDRESS.urlMap;
const MATCHER = "path_matcher[0]";
const RULE = `${MATCHER}.route_rules[0]`;
const action = (more: object) => ({ header_action: more });
const adds = (more: object) => action({ request_headers_to_add: [{ header_name: "X-A", header_value: "v", ...more }] });

function redirects({ routeRule }: SmallEdge, redirect: object): void {
  delete routeRule["service"];
  routeRule["url_redirect"] = redirect;
}

const ROWS: readonly UnknownEffect[] = [
  [
    "an unheard attribute of the URL map",
    (e) => (e.urlMap["default_route_action"] = {}),
    MAP,
    "default_route_action",
    '"default_route_action": ',
  ],
  [
    "an unheard attribute of a header action at the URL map",
    (e) => Object.assign(e.urlMap, action({ rewrite: "x" })),
    MAP,
    "header_action.rewrite",
    '"rewrite": ',
  ],
  [
    "a header action that is an expression",
    (e) => (e.urlMap["header_action"] = VARIABLE),
    MAP,
    "header_action",
    '"header_action": ',
  ],
  [
    "an unheard attribute of a written header",
    (e) => Object.assign(e.urlMap, adds({ append_action: "x" })),
    MAP,
    "header_action.request_headers_to_add[0].append_action",
    '"append_action": ',
  ],
  [
    "a written header whose name is an expression",
    (e) => Object.assign(e.urlMap, adds({ header_name: VARIABLE })),
    MAP,
    "header_action.request_headers_to_add[0].header_name",
    '"header_name": ',
  ],
  [
    "a written header whose name is partly an expression",
    (e) => Object.assign(e.pathMatcher, adds({ header_name: `X-${VARIABLE}` })),
    MAP,
    `${MATCHER}.header_action.request_headers_to_add[0].header_name`,
    '"header_name": ',
  ],
  [
    "a written header whose name is a reference",
    (e) => Object.assign(e.routeRule, adds({ header_name: "${google_compute_url_map.main.id}" })),
    MAP,
    `${RULE}.header_action.request_headers_to_add[0].header_name`,
    '"header_name": ',
  ],
  [
    "a replace that is an expression",
    (e) => Object.assign(e.urlMap, adds({ replace: VARIABLE })),
    MAP,
    "header_action.request_headers_to_add[0].replace",
    '"replace": ',
  ],
  [
    "written headers that are an expression",
    (e) => Object.assign(e.urlMap, action({ request_headers_to_add: VARIABLE })),
    MAP,
    "header_action.request_headers_to_add",
    '"request_headers_to_add": ',
  ],
  [
    "a removal that is an expression",
    (e) => Object.assign(e.routeRule, action({ request_headers_to_remove: ["X-A", VARIABLE] })),
    MAP,
    `${RULE}.header_action.request_headers_to_remove[1]`,
    `"${VARIABLE}"`,
  ],
  [
    "removals that are an expression",
    (e) => Object.assign(e.pathMatcher, action({ request_headers_to_remove: VARIABLE })),
    MAP,
    `${MATCHER}.header_action.request_headers_to_remove`,
    '"request_headers_to_remove": ',
  ],
  [
    "a response header whose name is an expression",
    (e) => Object.assign(e.urlMap, action({ response_headers_to_add: [{ header_name: VARIABLE, header_value: "v" }] })),
    MAP,
    "header_action.response_headers_to_add[0].header_name",
    '"header_name": ',
  ],
  ["an unheard attribute of a host rule", (e) => (e.hostRule["port"] = 1), MAP, "host_rule[0].port", '"port": '],
  ["hosts that are an expression", (e) => (e.hostRule["hosts"] = VARIABLE), MAP, "host_rule[0].hosts", '"hosts": '],
  [
    "a dynamic block in place of host rules",
    (e) => {
      delete e.urlMap["host_rule"];
      e.urlMap["dynamic"] = { host_rule: { for_each: VARIABLE, content: {} } };
    },
    MAP,
    "host_rule",
    '"host_rule": {',
  ],
  [
    "path rules",
    (e) => (e.pathMatcher["path_rule"] = [{ paths: ["/ws"] }]),
    MAP,
    `${MATCHER}.path_rule`,
    '"path_rule": ',
  ],
  [
    "a default route action of a path matcher",
    (e) => (e.pathMatcher["default_route_action"] = {}),
    MAP,
    `${MATCHER}.default_route_action`,
    '"default_route_action": ',
  ],
  ["a route action", (e) => (e.routeRule["route_action"] = {}), MAP, `${RULE}.route_action`, '"route_action": '],
  [
    "a service that is an expression",
    (e) => (e.routeRule["service"] = VARIABLE),
    MAP,
    `${RULE}.service`,
    `"${VARIABLE}"`,
  ],
  [
    "a service that is not of this configuration",
    (e) => (e.routeRule["service"] = "${google_compute_backend_service.gone.id}"),
    MAP,
    `${RULE}.service`,
    '"${google_compute_backend_service.gone.id}"',
  ],
  [
    "a backend bucket as service",
    (e) => (e.routeRule["service"] = "${google_compute_backend_bucket.b.id}"),
    MAP,
    `${RULE}.service`,
    '"${google_compute_backend_bucket.b.id}"',
  ],
  [
    "a priority that is an expression",
    (e) => (e.routeRule["priority"] = VARIABLE),
    MAP,
    `${RULE}.priority`,
    '"priority": ',
  ],
  [
    "a path that is an expression",
    (e) => e.matchRules.splice(0, 2, { prefix_match: VARIABLE }),
    MAP,
    `${RULE}.match_rules[0].prefix_match`,
    '"prefix_match": ',
  ],
  [
    "ignore_case that is an expression",
    (e) => e.matchRules.splice(0, 2, { prefix_match: "/ws", ignore_case: VARIABLE }),
    MAP,
    `${RULE}.match_rules[0].ignore_case`,
    '"ignore_case": ',
  ],
  [
    "header matches",
    (e) => e.matchRules.splice(0, 2, { prefix_match: "/ws", header_matches: [{ header_name: "authorization" }] }),
    MAP,
    `${RULE}.match_rules[0].header_matches`,
    '"header_matches": ',
  ],
  [
    "a regular expression",
    (e) => e.matchRules.splice(0, 2, { regex_match: "/w.*" }),
    MAP,
    `${RULE}.match_rules[0].regex_match`,
    '"regex_match": ',
  ],
  [
    "match rules that are an expression",
    (e) => (e.routeRule["match_rules"] = VARIABLE),
    MAP,
    `${RULE}.match_rules`,
    '"match_rules": ',
  ],
  [
    "an unheard attribute of a redirect",
    (e) => redirects(e, { path_redirect: "/x" }),
    MAP,
    `${RULE}.url_redirect.path_redirect`,
    '"path_redirect": ',
  ],
  [
    "a redirect code that is an expression",
    (e) => redirects(e, { redirect_response_code: VARIABLE }),
    MAP,
    `${RULE}.url_redirect.redirect_response_code`,
    '"redirect_response_code": ',
  ],
];

describe("an unknown effect is a typed unknown with its place, never skipped", () => {
  it.each(ROWS)("%s", (...row) => {
    expectUnknownEffect(row);
  });
});
