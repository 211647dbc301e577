import { META } from "./attribute-kinds.ts";
import type { BlockAttributes } from "./attribute-kinds.ts";

const BACKEND_SERVICE = [
  "backend",
  "load_balancing_scheme",
  "enable_cdn",
  "cdn_policy",
  "iap",
  "security_policy",
  "protocol",
  // A serverless NEG refuses these (facts S1 to S4, S9).
  "timeout_sec",
  "port_name",
  "health_checks",
  "locality_lb_policy",
  "outlier_detection",
] as const;

/** Choice of an endpoint, draining, logs: none changes where the request goes, or its headers (facts S4, S5, S7). */
const NO_EFFECT = [
  ...META,
  "affinity_cookie_ttl_sec",
  "circuit_breakers",
  "connection_draining_timeout_sec",
  "consistent_hash",
  "custom_metrics",
  "ip_address_selection_policy",
  "log_config",
  "network_pass_through_lb_traffic_policy",
  "session_affinity",
  "strong_session_affinity_cookie",
  "tls_settings",
] as const;

const MIGRATION = {
  reason: "moves a part of the traffic from the classic to the global balancer, which treats headers differently",
  affects: "headers",
} as const;

const SIGNING = {
  reason: "may sign requests to the backend, which writes Authorization",
  affects: "headers",
} as const;

const CDN = [
  "cache_key_policy",
  "client_ttl",
  "default_ttl",
  "max_ttl",
  "negative_caching",
  "negative_caching_policy",
  "request_coalescing",
  "serve_while_stale",
  "signed_url_cache_max_age_sec",
] as const;

const BALANCING = [
  "balancing_mode",
  "capacity_scaler",
  "custom_metrics",
  "description",
  "failover",
  "max_connections",
  "max_connections_per_endpoint",
  "max_connections_per_instance",
  "max_in_flight_requests",
  "max_in_flight_requests_per_endpoint",
  "max_in_flight_requests_per_instance",
  "max_rate",
  "max_rate_per_endpoint",
  "max_rate_per_instance",
  "orchestration_info",
  "preference",
  "traffic_duration",
] as const;

/** Backend services and buckets, NEGs, security policies. */
export const BACKEND_ATTRIBUTES = {
  backendService: {
    modelled: [...BACKEND_SERVICE, "custom_request_headers", "custom_response_headers", "edge_security_policy"],
    inert: [
      ...NO_EFFECT,
      "compression_mode",
      "dynamic_forwarding",
      "locality_lb_policies",
      "max_stream_duration",
      "params",
      "service_lb_policy",
    ],
    undecided: {
      security_settings: SIGNING,
      external_managed_migration_state: MIGRATION,
      external_managed_migration_testing_percentage: MIGRATION,
    },
  },
  // V7: custom headers and edge policies are no attributes of a regional one.
  regionBackendService: {
    modelled: BACKEND_SERVICE,
    inert: [...NO_EFFECT, "dynamic_forwarding", "failover_policy", "ha_policy", "network", "params", "region"],
    undecided: { subsetting: { reason: "chooses among backends of a network balancer", affects: "nothing" } },
  },
  backend: { modelled: ["group", "max_utilization"], inert: BALANCING },
  iap: { modelled: ["enabled"], inert: ["oauth2_client_id", "oauth2_client_secret", "oauth2_client_secret_sha256"] },
  backendBucket: {
    modelled: ["edge_security_policy", "enable_cdn", "cdn_policy", "load_balancing_scheme"],
    inert: [...META, "bucket_name", "compression_mode", "custom_response_headers", "params"],
  },
  neg: {
    modelled: ["cloud_run", "cloud_function", "app_engine", "serverless_deployment", "network_endpoint_type", "region"],
    inert: [...META, "network", "psc_data", "psc_target_service", "subnetwork"],
  },
  cloudRunOfNeg: { modelled: ["service", "tag", "url_mask"], inert: [] },
  securityPolicy: {
    modelled: ["rule", "type"],
    // User addresses of `advanced_options_config` are read by `origin.user_ip` alone, which no expression here evaluates.
    inert: [...META, "labels", "advanced_options_config", "adaptive_protection_config", "recaptcha_options_config"],
  },
  regionSecurityPolicy: {
    modelled: ["rules", "type"],
    inert: [...META, "labels", "advanced_options_config", "ddos_protection_config", "region", "user_defined_fields"],
  },
  armorRule: {
    modelled: ["action", "priority", "preview", "match", "header_action", "redirect_options", "rate_limit_options"],
    inert: ["description", "preconfigured_waf_config"],
    undecided: {
      network_match: { reason: "matches by what stands below HTTP, which is not modelled", affects: "refusal" },
    },
  },
  armorRuleResource: {
    modelled: [
      "action",
      "priority",
      "preview",
      "match",
      "header_action",
      "redirect_options",
      "rate_limit_options",
      "security_policy",
    ],
    inert: [...META, "preconfigured_waf_config", "region"],
    undecided: {
      network_match: { reason: "matches by what stands below HTTP, which is not modelled", affects: "refusal" },
    },
  },
  armorMatch: { modelled: ["versioned_expr", "config", "expr"], inert: ["expr_options"] },
  armorConfig: { modelled: ["src_ip_ranges"], inert: [] },
  armorExpr: { modelled: ["expression"], inert: [] },
  armorRedirect: { modelled: ["type", "target"], inert: [] },
  armorHeaderAction: { modelled: ["request_headers_to_adds"], inert: [] },
  armorHeaderToAdd: { modelled: ["header_name", "header_value"], inert: [] },
  // With the origin in charge of what is cached, none of these keeps a request from it that it does not let be cached.
  cdnPolicy: { modelled: ["cache_mode", "bypass_cache_on_request_headers"], inert: CDN },
  bypassHeader: { modelled: ["header_name"], inert: [] },
} as const satisfies Record<string, BlockAttributes>;
