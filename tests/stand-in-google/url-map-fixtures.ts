import { APP, backend, makeClassic, matcher, pathRules, routes } from "./planting.ts";
import type { RefusalFixture } from "./planting.ts";

export const URL_MAP_FIXTURES: readonly RefusalFixture[] = [
  {
    refusal: "advanced-routing-on-classic",
    says: "Advanced routing rules are not supported for scheme EXTERNAL",
    plant: makeClassic,
  },
  {
    refusal: "mirror-to-serverless",
    says: "Request mirroring is not supported",
    plant: (resource) => {
      matcher(resource).route_rules[0].route_action = { request_mirror_policy: { backend_service: APP } };
    },
  },
  {
    refusal: "host-in-two-rules",
    says: "more than one host rule",
    plant: (resource) => {
      routes(resource).host_rule.push({ hosts: ["api.example.com", "b.example.com"], path_matcher: "api" });
    },
  },
  {
    refusal: "host-pattern",
    says: "must be the first character",
    plant: (resource) => routes(resource).host_rule[0].hosts.push("api.*.com"),
  },
  {
    refusal: "too-many-tests",
    says: "At most 100 tests",
    plant: (resource) => (routes(resource).test = Array.from({ length: 101 }, () => routes(resource).test[0])),
  },
  {
    refusal: "failing-test",
    says: "URL map test failure: tests[1] for api.example.com/ws",
    plant: (resource) => {
      resource.google_compute_backend_service.other = { ...backend(resource), name: "edge-other" };
      const service = "${google_compute_backend_service.other.id}";
      routes(resource).test.push({ host: "api.example.com", path: "/ws", service });
    },
  },
  {
    refusal: "map-too-large",
    says: "at most 1048576 are allowed",
    plant: (resource) => {
      delete matcher(resource).route_rules;
      matcher(resource).path_rule = pathRules(1100);
    },
  },
  {
    refusal: "classic-map-too-large",
    says: "at most 65536 are allowed for scheme EXTERNAL",
    plant: (resource) => {
      makeClassic(resource);
      delete matcher(resource).route_rules;
      matcher(resource).path_rule = pathRules(70);
    },
  },
  {
    refusal: "path-rules-beside-route-rules",
    says: "Only one of pathRules and routeRules",
    plant: (resource) => (matcher(resource).path_rule = [{ paths: ["/api/*"], service: APP }]),
  },
  {
    refusal: "priority-twice",
    says: "unique in a path matcher",
    plant: (resource) => matcher(resource).route_rules.push({ ...matcher(resource).route_rules[0] }),
  },
  {
    refusal: "priority-out-of-range",
    says: "between 0 and 2147483647",
    plant: (resource) => (matcher(resource).route_rules[0].priority = 2_147_483_648),
  },
  {
    refusal: "path-template",
    says: "At most 5 operators",
    plant: (resource) => {
      const match = { path_template_match: "/*/*/*/*/*/*" };
      matcher(resource).route_rules.push({ priority: 20, match_rules: [match], service: APP });
    },
  },
  {
    refusal: "star-inside-a-path",
    says: "only stand at the end after '/'",
    plant: (resource) => {
      delete matcher(resource).route_rules;
      matcher(resource).path_rule = [{ paths: ["/ws*"], service: APP }];
    },
  },
  {
    refusal: "regex-on-a-global-map",
    says: "Regular expressions are not supported",
    plant: (resource) => {
      const match = { prefix_match: "/", header_matches: [{ header_name: "X-One", regex_match: "a.*" }] };
      matcher(resource).route_rules[0].match_rules.push(match);
    },
  },
];
