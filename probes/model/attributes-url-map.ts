import { META } from "./attribute-kinds.ts";
import type { BlockAttributes } from "./attribute-kinds.ts";

/** Page of an error answer in place of the backend's: it changes no request. */
const ERROR_PAGES = "custom_error_response_policy";
const DEFAULT_ERROR_PAGES = "default_custom_error_response_policy";

/** Blocks of `google_compute_url_map` and `google_compute_region_url_map`. */
export const URL_MAP_ATTRIBUTES = {
  urlMap: {
    modelled: [
      "default_service",
      "default_url_redirect",
      "default_route_action",
      "header_action",
      "host_rule",
      "path_matcher",
    ],
    inert: [...META, "test", "region", "map_id", DEFAULT_ERROR_PAGES],
  },
  redirect: {
    modelled: [
      "host_redirect",
      "https_redirect",
      "path_redirect",
      "prefix_redirect",
      "redirect_response_code",
      "strip_query",
    ],
    inert: [],
  },
  hostRule: { modelled: ["hosts", "path_matcher"], inert: ["description"] },
  pathMatcher: {
    modelled: [
      "name",
      "default_service",
      "default_url_redirect",
      "default_route_action",
      "header_action",
      "path_rule",
      "route_rules",
    ],
    inert: ["description", DEFAULT_ERROR_PAGES],
  },
  pathRule: { modelled: ["paths", "service", "route_action", "url_redirect"], inert: [ERROR_PAGES] },
  routeRule: {
    modelled: ["priority", "service", "match_rules", "header_action", "url_redirect", "route_action"],
    inert: ["description", ERROR_PAGES],
    undecided: { http_filter_configs: { reason: "filters of a route may change the request", affects: "headers" } },
  },
  matchRule: {
    modelled: [
      "full_path_match",
      "prefix_match",
      "path_template_match",
      "regex_match",
      "ignore_case",
      "header_matches",
      "query_parameter_matches",
      "metadata_filters",
    ],
    inert: [],
  },
  headerMatch: {
    modelled: [
      "header_name",
      "exact_match",
      "prefix_match",
      "suffix_match",
      "present_match",
      "range_match",
      "regex_match",
      "invert_match",
    ],
    inert: [],
  },
  rangeMatch: { modelled: ["range_start", "range_end"], inert: [] },
  queryMatch: { modelled: ["name", "exact_match", "present_match", "regex_match"], inert: [] },
  routeAction: {
    modelled: [
      "weighted_backend_services",
      "url_rewrite",
      "timeout",
      "retry_policy",
      "fault_injection_policy",
      "cors_policy",
      "request_mirror_policy",
    ],
    inert: ["max_stream_duration"],
    undecided: {
      cache_policy: {
        reason: "a cache may answer for the service as this policy of the route says",
        affects: "refusal",
      },
    },
  },
  weightedService: { modelled: ["backend_service", "weight", "header_action"], inert: [] },
  urlRewrite: { modelled: ["host_rewrite", "path_prefix_rewrite", "path_template_rewrite"], inert: [] },
  fault: { modelled: ["abort", "delay"], inert: [] },
  faultAbort: { modelled: ["http_status", "percentage"], inert: [] },
  faultDelay: { modelled: ["fixed_delay", "percentage"], inert: [] },
  duration: { modelled: ["seconds", "nanos"], inert: [] },
  retryPolicy: { modelled: [], inert: ["num_retries", "retry_conditions", "per_try_timeout"] },
  mirrorPolicy: { modelled: [], inert: ["backend_service", "mirror_percent"] },
  corsPolicy: {
    modelled: [
      "allow_origins",
      "allow_origin_regexes",
      "allow_methods",
      "allow_headers",
      "expose_headers",
      "max_age",
      "allow_credentials",
      "disabled",
    ],
    inert: [],
  },
  headerAction: {
    modelled: [
      "request_headers_to_add",
      "request_headers_to_remove",
      "response_headers_to_add",
      "response_headers_to_remove",
    ],
    inert: [],
  },
  headerToAdd: { modelled: ["header_name", "header_value", "replace"], inert: [] },
} as const satisfies Record<string, BlockAttributes>;
