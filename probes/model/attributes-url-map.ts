import { META } from "./attribute-kinds.ts";
import type { BlockAttributes } from "./attribute-kinds.ts";

/** Blocks of `google_compute_url_map` and `google_compute_region_url_map`. */
export const URL_MAP_ATTRIBUTES = {
  urlMap: {
    modelled: ["default_service", "default_url_redirect", "header_action", "host_rule", "path_matcher"],
    inert: [...META, "test"],
  },
  redirect: { modelled: ["host_redirect", "https_redirect", "redirect_response_code", "strip_query"], inert: [] },
  hostRule: { modelled: ["hosts", "path_matcher"], inert: ["description"] },
  pathMatcher: {
    modelled: ["name", "default_service", "default_url_redirect", "header_action", "route_rules"],
    inert: ["description"],
  },
  routeRule: {
    modelled: ["priority", "service", "match_rules", "header_action", "url_redirect"],
    inert: ["description"],
  },
  matchRule: { modelled: ["full_path_match", "prefix_match", "ignore_case"], inert: [] },
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
