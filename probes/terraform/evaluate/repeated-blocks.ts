/**
 * Block types that the Google provider's schema lets stand more than once (no `max_items: 1`), over load balancing, Cloud
 * Run, Cloud Armor and certificates. One of them always has an index in its attribute path, so that a configuration has
 * the same addresses in HCL, where a block that stands once looks like one that can only stand once, and in JSON.
 */
const REPEATED = new Set(
  [
    "access_config allow allowlisted_certificates backend bypass_cache_on_request_headers containers cors",
    "custom_metrics deny destinations disk enforce_on_key_configs env env_from error_response_rule event_filters",
    "exclusion extension_chains extensions filter_labels header_match header_matches headers host_rule http_headers",
    "instance_splits items lifecycle_rule local_ssd_recovery_timeout locality_lb_policies match_rule match_rules matches",
    "metadata_filters metadata_labels named_port negative_caching_policy network_endpoints network_interface",
    "network_interfaces path_matcher path_rule public_key query_parameter_match query_parameter_matches",
    "query_parameters request_cookie request_header request_header_to_add request_header_to_remove",
    "request_headers_to_add request_headers_to_adds request_query_param request_uri response_header_to_add",
    "response_header_to_remove response_headers_to_add route_rule route_rules rule rules secret_environment_variables",
    "secret_volumes subject_alt_names test threshold_configs traffic trust_anchors trust_stores user_defined_fields",
    "version versions volume_mounts volumes vpc_network_sources weighted_backend_services",
  ].flatMap((line) => line.split(" ")),
);

/** Types that stand more than once below these blocks only: Cloud Run's first version has a list of ports. */
const REPEATED_UNDER: Readonly<Record<string, RegExp>> = {
  ports: /(?:^|\.)spec\.containers\[\d+\]$/,
};

/** True for a block type of which several may stand in one block, by its name and the attribute path of that block. */
export function isRepeated(type: string, under: string): boolean {
  return REPEATED.has(type) || REPEATED_UNDER[type]?.test(under) === true;
}

/** Names that are blocks wherever these resources have them, and never arguments that take objects. */
const NEVER_ARGUMENTS = new Set(
  [
    "backend cdn_policy cloud_run containers cors_policy default_route_action default_url_redirect fault_injection_policy",
    "header_action header_matches host_rule iap log_config match_rules path_matcher path_rule query_parameter_matches",
    "request_headers_to_add request_mirror_policy response_headers_to_add retry_policy route_action route_rules template",
    "test url_redirect url_rewrite weighted_backend_services",
  ].flatMap((line) => line.split(" ")),
);
const OF_RESOURCES =
  /(?:^|\.)google_(?:compute_(?:region_)?(?:url_map|backend_service|network_endpoint_group)|cloud_run_v2_service)\./;

/**
 * True for a name that Terraform takes as a block alone: `host_rule = [{ … }]` is refused, in HCL. `under` is the attribute
 * path of the block it stands in: a host rule names its path matcher in an argument of the same name.
 */
export function isBlockAlone(address: string, name: string, under: string): boolean {
  const isName = name === "path_matcher" && under !== "";
  return NEVER_ARGUMENTS.has(name) && !isName && OF_RESOURCES.test(address);
}
