import { describe, it } from "vitest";
import { ADDRESS } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { VARIABLE, expectUnknownEffect } from "../../support/unknown-effect.ts";
import type { UnknownEffect } from "../../support/unknown-effect.ts";

const MAP = ADDRESS.urlMap;
const API = "${google_compute_backend_service.api.id}";
const WEB = "${google_compute_backend_service.web.id}";
const MATCHER = "path_matcher[0]";
const RULE = `${MATCHER}.route_rules[0]`;
const action = (more: object) => ({ header_action: more });
const adds = (more: object) => action({ request_headers_to_add: [{ header_name: "X-A", header_value: "v", ...more }] });

function redirects({ routeRule }: SmallEdge, redirect: object): void {
  delete routeRule["service"];
  routeRule["url_redirect"] = redirect;
}

function pathRules({ pathMatcher }: SmallEdge, rules: object[]): void {
  delete pathMatcher["route_rules"];
  pathMatcher["path_rule"] = rules;
}

/** In place of the service that the rule names, unless it stays. */
function acts({ routeRule }: SmallEdge, routeAction: object, keepsService = false): void {
  if (!keepsService) delete routeRule["service"];
  routeRule["route_action"] = routeAction;
}

const ROWS: readonly UnknownEffect[] = [
  [
    "a header action that is an expression",
    (e) => (e.urlMap["header_action"] = VARIABLE),
    MAP,
    "header_action",
    '"header_action": ',
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
    "a path of a path rule that is an expression",
    (e) => pathRules(e, [{ paths: [VARIABLE], service: API }]),
    MAP,
    `${MATCHER}.path_rule[0].paths[0]`,
    `"${VARIABLE}"`,
  ],
  [
    "a default route action of a path matcher that is an expression",
    (e) => {
      delete e.pathMatcher["route_rules"];
      e.pathMatcher["default_route_action"] = VARIABLE;
    },
    MAP,
    `${MATCHER}.default_route_action`,
    '"default_route_action": ',
  ],
  [
    "a route action that is an expression",
    (e) => (e.routeRule["route_action"] = VARIABLE),
    MAP,
    `${RULE}.route_action`,
    '"route_action": ',
  ],
  [
    "a removal of a weighted service that is an expression",
    (e) =>
      acts(e, {
        weighted_backend_services: [
          { backend_service: API, weight: 1, ...action({ request_headers_to_remove: VARIABLE }) },
        ],
      }),
    MAP,
    `${RULE}.route_action.weighted_backend_services[0].header_action.request_headers_to_remove`,
    '"request_headers_to_remove": ',
  ],
  [
    "a share of a fault that is an expression",
    (e) => acts(e, { fault_injection_policy: { abort: { http_status: 503, percentage: VARIABLE } } }, true),
    MAP,
    `${RULE}.route_action.fault_injection_policy.abort.percentage`,
    '"percentage": ',
  ],
  [
    "a rewritten host that is an expression",
    (e) => acts(e, { url_rewrite: { host_rewrite: VARIABLE } }, true),
    MAP,
    `${RULE}.route_action.url_rewrite.host_rewrite`,
    '"host_rewrite": ',
  ],
  [
    "a rewritten prefix that is an expression",
    (e) => acts(e, { url_rewrite: { path_prefix_rewrite: VARIABLE } }, true),
    MAP,
    `${RULE}.route_action.url_rewrite.path_prefix_rewrite`,
    '"path_prefix_rewrite": ',
  ],
  [
    "a header name to match that is an expression",
    (e) => e.matchRules.splice(0, 2, { header_matches: [{ header_name: VARIABLE, present_match: true }] }),
    MAP,
    `${RULE}.match_rules[0].header_matches[0].header_name`,
    '"header_name": ',
  ],
  [
    "a query parameter to match that is an expression",
    (e) => e.matchRules.splice(0, 2, { query_parameter_matches: [{ name: VARIABLE, present_match: true }] }),
    MAP,
    `${RULE}.match_rules[0].query_parameter_matches[0].name`,
    `"${VARIABLE}"`,
  ],
  [
    "a bound of a range that is an expression",
    (e) =>
      e.matchRules.splice(0, 2, {
        header_matches: [{ header_name: "host", range_match: { range_start: VARIABLE, range_end: 2 } }],
      }),
    MAP,
    `${RULE}.match_rules[0].header_matches[0].range_match.range_start`,
    '"range_start": ',
  ],
  [
    "a filter by metadata",
    (e) => e.matchRules.splice(0, 2, { metadata_filters: { filter_match_criteria: "MATCH_ALL", filter_labels: [] } }),
    MAP,
    `${RULE}.match_rules[0].metadata_filters[0]`,
    '"metadata_filters": ',
  ],
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
    (e) => {
      e.routeRule["priority"] = VARIABLE;
      (e.pathMatcher["route_rules"] as object[]).push({ ...e.routeRule, priority: 5, service: WEB });
    },
    MAP,
    `${RULE}.priority`,
    `"${VARIABLE}"`,
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
    "header matches that are an expression",
    (e) => e.matchRules.splice(0, 2, { prefix_match: "/ws", header_matches: VARIABLE }),
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
    "a path of a redirect that is an expression",
    (e) => redirects(e, { path_redirect: VARIABLE }),
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
