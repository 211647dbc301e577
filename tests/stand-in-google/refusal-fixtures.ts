import type { Json } from "../support/reference.ts";
import { added, backend, matcher, routes, template } from "./planting.ts";
import type { RefusalFixture } from "./planting.ts";
import { URL_MAP_FIXTURES } from "./url-map-fixtures.ts";

function addGroup(resource: Json, change: Json): void {
  const groups = resource.google_compute_region_network_endpoint_group;
  groups.other = { ...groups.app, name: "edge-other", ...change };
}

const NAMES: readonly RefusalFixture[] = [
  {
    refusal: "name-not-rfc-1035",
    says: "Must be a match of regex",
    plant: (resource) => (backend(resource).name = `edge-${"a".repeat(59)}`),
  },
  {
    refusal: "run-name-too-long",
    says: "at most 49 characters",
    plant: (resource) => (resource.google_cloud_run_v2_service.app.name = `edge-${"a".repeat(45)}`),
  },
  {
    refusal: "service-account-id-length",
    says: "between 6 and 30 characters",
    plant: (resource) => (resource.google_service_account.app.account_id = "app"),
  },
];

const HEADERS: readonly RefusalFixture[] = [
  {
    refusal: "custom-header-hop-by-hop",
    says: "hop-by-hop",
    plant: (resource) => backend(resource).custom_request_headers.push("Upgrade: websocket"),
  },
  {
    refusal: "custom-header-reserved",
    says: "reserved",
    plant: (resource) => backend(resource).custom_request_headers.push("X-Goog-User: one"),
  },
  {
    refusal: "custom-header-not-a-token",
    says: "not a token",
    plant: (resource) => backend(resource).custom_request_headers.push("X User: one"),
  },
  {
    refusal: "custom-header-twice",
    says: "more than once",
    plant: (resource) => backend(resource).custom_request_headers.push("x-region: two"),
  },
  {
    refusal: "custom-request-headers-too-many",
    says: "'resource.customRequestHeaders': '17'",
    plant: (resource) => {
      backend(resource).custom_request_headers = Array.from({ length: 17 }, (_, index) => `X-Number-${index}: one`);
    },
  },
  {
    refusal: "custom-response-headers-too-many",
    says: "'resource.customResponseHeaders': '17'",
    plant: (resource) => {
      backend(resource).custom_response_headers = Array.from({ length: 17 }, (_, index) => `X-Number-${index}: one`);
    },
  },
  {
    refusal: "custom-headers-too-large",
    says: "exceed 8192 bytes",
    plant: (resource) => backend(resource).custom_request_headers.push(`X-Long: ${"a".repeat(8192)}`),
  },
  {
    refusal: "map-header-hop-by-hop",
    says: "hop-by-hop",
    plant: (resource) => (routes(resource).header_action = { request_headers_to_add: [added("Connection")] }),
  },
  {
    refusal: "map-header-reserved",
    says: "reserved",
    plant: (resource) => (matcher(resource).header_action = { request_headers_to_add: [added("X-GFE-Debug")] }),
  },
  {
    refusal: "map-header-twice",
    says: "more than once",
    plant: (resource) => {
      const action = { request_headers_to_add: [added("X-One"), added("x-one")] };
      matcher(resource).route_rules[0].header_action = action;
    },
  },
];

const BACKENDS: readonly RefusalFixture[] = [
  {
    refusal: "serverless-timeout",
    says: "Timeout sec is not supported for a backend service with Serverless network endpoint groups",
    plant: (resource) => (backend(resource).timeout_sec = 3600),
  },
  {
    refusal: "serverless-port-name",
    says: "Port name is not supported",
    plant: (resource) => (backend(resource).port_name = "http"),
  },
  {
    refusal: "serverless-health-check",
    says: "A health check is not supported",
    plant: (resource) => (backend(resource).health_checks = ["projects/example/global/healthChecks/one"]),
  },
  {
    refusal: "serverless-max-utilization",
    says: "Max utilization is not supported",
    plant: (resource) => (backend(resource).backend[0].max_utilization = 0.8),
  },
  {
    refusal: "serverless-locality-policy",
    says: "Locality policy is not supported",
    plant: (resource) => (backend(resource).locality_lb_policy = "ROUND_ROBIN"),
  },
  {
    refusal: "two-serverless-groups-of-one-region",
    says: "Only one serverless network endpoint group per region",
    plant: (resource) => {
      addGroup(resource, {});
      backend(resource).backend.push({ group: "${google_compute_region_network_endpoint_group.other.id}" });
    },
  },
  {
    refusal: "serverless-beside-other-backends",
    says: "cannot be mixed",
    plant: (resource) => {
      backend(resource).backend.push({ group: "projects/example/zones/us-central1-a/instanceGroups/one" });
    },
  },
  {
    refusal: "iap-beside-cdn",
    says: "IAP and Cloud CDN",
    plant: (resource) => Object.assign(backend(resource), { iap: { enabled: true }, enable_cdn: true }),
  },
  {
    refusal: "iap-beside-outlier-detection",
    says: "Outlier detection",
    plant: (resource) => {
      Object.assign(backend(resource), { iap: { enabled: true }, outlier_detection: { consecutive_errors: 3 } });
    },
  },
  {
    refusal: "too-many-cache-bypass-headers",
    says: "At most 5 are allowed",
    plant: (resource) => {
      const headers = Array.from({ length: 6 }, (_, index) => ({ header_name: `X-Number-${index}` }));
      backend(resource).cdn_policy = { bypass_cache_on_request_headers: headers };
    },
  },
  {
    refusal: "group-in-another-region-than-its-service",
    says: "The service is in example/us-central1",
    plant: (resource) => addGroup(resource, { region: "europe-west1" }),
  },
];

const REST: readonly RefusalFixture[] = [
  {
    refusal: "schemes-differ",
    says: "differs from that of the backend service",
    plant: (resource) => {
      resource.google_compute_global_forwarding_rule.secure.load_balancing_scheme = "EXTERNAL";
    },
  },
  {
    refusal: "schemes-differ-behind-a-live-map",
    says: "differs from that of the backend service",
    isChange: true,
    plant: (resource) => {
      const other = { ...backend(resource), name: "edge-other", load_balancing_scheme: "INTERNAL_MANAGED" };
      resource.google_compute_backend_service.other = other;
      routes(resource).default_service = "${google_compute_backend_service.other.id}";
    },
  },
  {
    refusal: "run-timeout",
    says: "3601s is more than 3600s",
    plant: (resource) => (template(resource).timeout = "3601s"),
  },
  {
    refusal: "run-concurrency",
    says: "1001 is more than 1000",
    plant: (resource) => (template(resource).max_instance_request_concurrency = 1001),
  },
];

export const REFUSAL_FIXTURES: readonly RefusalFixture[] = [
  ...NAMES,
  ...HEADERS,
  ...BACKENDS,
  ...URL_MAP_FIXTURES,
  ...REST,
];
