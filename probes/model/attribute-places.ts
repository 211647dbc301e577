import type { BlockKind } from "./attributes.ts";

const MAPS = ["google_compute_url_map", "google_compute_region_url_map"] as const;
const [MAP] = MAPS;
const inMaps = (path: string): string[] => MAPS.map((type) => `${type} ${path}`);
const RULE = "path_matcher route_rules";
const ACTIONS = ["path_matcher default_route_action", "path_matcher path_rule route_action", `${RULE} route_action`];
/** Below a route action, wherever one stands in either kind of map. */
const inActions = (path = ""): string[] =>
  [...ACTIONS.flatMap(inMaps), `${MAP} default_route_action`].map((action) => `${action} ${path}`.trim());
const levels = (path = ""): string[] =>
  [
    `${MAP} header_action`,
    `${MAP} path_matcher header_action`,
    ...inMaps(`${RULE} header_action`),
    ...inActions("weighted_backend_services header_action"),
  ].map((level) => `${level} ${path}`.trim());

/** Where blocks of the URL map stand. */
const URL_MAP_PLACES = {
  urlMap: MAPS,
  redirect: [
    "default_url_redirect",
    "path_matcher default_url_redirect",
    "path_matcher path_rule url_redirect",
    `${RULE} url_redirect`,
  ].flatMap(inMaps),
  hostRule: inMaps("host_rule"),
  pathMatcher: inMaps("path_matcher"),
  pathRule: inMaps("path_matcher path_rule"),
  routeRule: inMaps(RULE),
  matchRule: inMaps(`${RULE} match_rules`),
  headerMatch: inMaps(`${RULE} match_rules header_matches`),
  rangeMatch: inMaps(`${RULE} match_rules header_matches range_match`),
  queryMatch: inMaps(`${RULE} match_rules query_parameter_matches`),
  routeAction: inActions(),
  weightedService: inActions("weighted_backend_services"),
  urlRewrite: inActions("url_rewrite"),
  fault: inActions("fault_injection_policy"),
  faultAbort: inActions("fault_injection_policy abort"),
  faultDelay: inActions("fault_injection_policy delay"),
  duration: [...inActions("timeout"), ...inActions("fault_injection_policy delay fixed_delay")],
  retryPolicy: inActions("retry_policy"),
  mirrorPolicy: inActions("request_mirror_policy"),
  corsPolicy: inActions("cors_policy"),
  headerAction: levels(),
  headerToAdd: [...levels("request_headers_to_add"), ...levels("response_headers_to_add")],
} as const satisfies Partial<Record<BlockKind, readonly string[]>>;

/** Where blocks of each kind stand in the provider's schema: resource type, and block names below it. */
export const ATTRIBUTE_PLACES: Readonly<Record<BlockKind, readonly string[]>> = {
  ...URL_MAP_PLACES,
  forwardingRule: ["google_compute_global_forwarding_rule"],
  regionForwardingRule: ["google_compute_forwarding_rule"],
  httpsProxy: ["google_compute_target_https_proxy"],
  regionHttpsProxy: ["google_compute_region_target_https_proxy"],
  httpProxy: ["google_compute_target_http_proxy"],
  regionHttpProxy: ["google_compute_region_target_http_proxy"],
  certificate: ["google_compute_managed_ssl_certificate"],
  managed: ["google_compute_managed_ssl_certificate managed"],
  ownCertificate: ["google_compute_ssl_certificate", "google_compute_region_ssl_certificate"],
  certificateMap: ["google_certificate_manager_certificate_map"],
  certificateMapEntry: ["google_certificate_manager_certificate_map_entry"],
  managerCertificate: ["google_certificate_manager_certificate"],
  managerManaged: ["google_certificate_manager_certificate managed"],
  managerOwn: ["google_certificate_manager_certificate self_managed"],
  backendService: ["google_compute_backend_service"],
  regionBackendService: ["google_compute_region_backend_service"],
  backend: ["google_compute_backend_service backend", "google_compute_region_backend_service backend"],
  iap: ["google_compute_backend_service iap", "google_compute_region_backend_service iap"],
  backendBucket: ["google_compute_backend_bucket"],
  neg: ["google_compute_region_network_endpoint_group"],
  cloudRunOfNeg: ["google_compute_region_network_endpoint_group cloud_run"],
  securityPolicy: ["google_compute_security_policy"],
  regionSecurityPolicy: ["google_compute_region_security_policy"],
  armorRule: ["google_compute_security_policy rule", "google_compute_region_security_policy rules"],
  armorRuleResource: ["google_compute_security_policy_rule", "google_compute_region_security_policy_rule"],
  armorMatch: ["google_compute_security_policy rule match", "google_compute_region_security_policy rules match"],
  armorConfig: ["google_compute_security_policy rule match config"],
  armorExpr: ["google_compute_security_policy rule match expr"],
  armorRedirect: ["google_compute_security_policy rule redirect_options"],
  armorHeaderAction: ["google_compute_security_policy rule header_action"],
  armorHeaderToAdd: ["google_compute_security_policy rule header_action request_headers_to_adds"],
  cdnPolicy: [
    "google_compute_backend_service cdn_policy",
    "google_compute_region_backend_service cdn_policy",
    "google_compute_backend_bucket cdn_policy",
  ],
  bypassHeader: ["google_compute_backend_service cdn_policy bypass_cache_on_request_headers"],
  runService: ["google_cloud_run_v2_service"],
  traffic: ["google_cloud_run_v2_service traffic"],
  template: ["google_cloud_run_v2_service template"],
  container: ["google_cloud_run_v2_service template containers"],
  ports: ["google_cloud_run_v2_service template containers ports"],
  invoker: ["google_cloud_run_v2_service_iam_member", "google_cloud_run_v2_service_iam_binding"],
  invokerV1: ["google_cloud_run_service_iam_member", "google_cloud_run_service_iam_binding"],
  runV1: ["google_cloud_run_service"],
  runV1Metadata: ["google_cloud_run_service metadata", "google_cloud_run_service template metadata"],
  runV1Template: ["google_cloud_run_service template"],
  runV1Spec: ["google_cloud_run_service template spec"],
  runV1Container: ["google_cloud_run_service template spec containers"],
  runV1Ports: ["google_cloud_run_service template spec containers ports"],
  runV1Traffic: ["google_cloud_run_service traffic"],
};

const KINDS = new Map(
  (Object.entries(ATTRIBUTE_PLACES) as [BlockKind, readonly string[]][]).flatMap(([kind, places]) =>
    places.map((place) => [place, kind] as const),
  ),
);

/** The kind of the blocks at a place of the provider's schema, such as `google_compute_url_map path_matcher`. */
export function kindAt(place: string): BlockKind | undefined {
  return KINDS.get(place);
}
