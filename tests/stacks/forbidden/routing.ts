import { routingMap } from "../../support/reference.ts";
import type { Json } from "../../support/reference.ts";
import { lastRule } from "./plant.ts";
import type { Plant } from "./plant.ts";

const BARE_MAP =
  "a map holds hosts, matchers, one header action and tests, and nothing that rewrites, mirrors, delays or retries";

export const routing: readonly Plant[] = [
  ...Object.entries<Json>({
    timeout: { seconds: "30" },
    url_rewrite: { path_prefix_rewrite: "/" },
    request_mirror_policy: { backend_service: "b" },
    fault_injection_policy: { abort: { http_status: 503, percentage: 1 } },
    retry_policy: { retry_conditions: ["5xx"] },
    weighted_backend_services: [{ backend_service: "b", weight: 100 }],
  }).map(([field, value]) => ({
    name: `has a ${field} on a route`,
    plant: (terraform: Json) => void (lastRule(terraform).route_action = { [field]: value }),
    caughtBy: BARE_MAP,
  })),
  {
    name: "has a header action at a path matcher",
    plant: (terraform) => void (routingMap(terraform).path_matcher[0].header_action = {}),
    caughtBy: BARE_MAP,
  },
  {
    name: "has a default route action",
    plant: (terraform) => void (routingMap(terraform).default_route_action = { cors_policy: {} }),
    caughtBy: BARE_MAP,
  },
  {
    name: "matches a route by a header that no browser sends",
    plant: (terraform) =>
      void (lastRule(terraform).match_rules[0].header_matches = [
        { header_name: "Authorization", present_match: true },
      ]),
    caughtBy:
      "every declared path is matched, exact forms exactly and folders by their literal prefix, most specific first",
  },
  {
    name: "larger than a load balancer takes",
    plant: (terraform) => void (routingMap(terraform).padding = "x".repeat(64 * 1024)),
    caughtBy: "no map is larger than a load balancer takes",
  },
  {
    name: "full of tests",
    plant: (terraform) => routingMap(terraform).test.push(...Array<Json>(100).fill({})),
    caughtBy: "no map has more tests than a hundred",
  },
];
