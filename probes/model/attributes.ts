import type { Unknown } from "../facts/provenance.ts";
import { blocks } from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";

interface BlockAttributes {
  /** Read and given effect by the model. */
  readonly modelled: readonly string[];
  /** Known to change neither routing nor headers of a request. */
  readonly inert: readonly string[];
}

const META = ["depends_on", "lifecycle", "provider", "timeouts", "project", "description", "name"];

/** Attributes the model knows, block by block. Whatever is not listed is reported as unknown, never skipped. */
export const KNOWN_ATTRIBUTES = {
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
  // A serverless NEG ignores or refuses affinity, draining and timeouts (facts S1, S4, S5, S7).
  backendService: {
    modelled: [
      "backend",
      "custom_request_headers",
      "custom_response_headers",
      "load_balancing_scheme",
      "enable_cdn",
      "cdn_policy",
      "iap",
      "security_policy",
      "protocol",
    ],
    inert: [
      ...META,
      "log_config",
      "session_affinity",
      "affinity_cookie_ttl_sec",
      "connection_draining_timeout_sec",
      "timeout_sec",
    ],
  },
  backend: { modelled: ["group"], inert: ["balancing_mode", "capacity_scaler", "description"] },
  neg: { modelled: ["cloud_run", "network_endpoint_type"], inert: [...META, "region"] },
  cloudRunOfNeg: { modelled: ["service", "tag"], inert: [] },
  securityPolicy: { modelled: ["rule", "type"], inert: [...META, "labels", "advanced_options_config"] },
  armorRule: {
    modelled: ["action", "priority", "preview", "match", "header_action", "redirect_options"],
    inert: ["description", "preconfigured_waf_config", "rate_limit_options"],
  },
  armorMatch: { modelled: ["versioned_expr", "config", "expr"], inert: [] },
  armorConfig: { modelled: ["src_ip_ranges"], inert: [] },
  armorExpr: { modelled: ["expression"], inert: [] },
  armorHeaderAction: { modelled: ["request_headers_to_adds"], inert: [] },
  armorHeaderToAdd: { modelled: ["header_name", "header_value"], inert: [] },
  // With the origin in charge of what is cached, none of these keeps a request from it that it does not let be cached.
  cdnPolicy: {
    modelled: ["cache_mode", "bypass_cache_on_request_headers"],
    inert: [
      "cache_key_policy",
      "client_ttl",
      "default_ttl",
      "max_ttl",
      "negative_caching",
      "negative_caching_policy",
      "request_coalescing",
      "serve_while_stale",
      "signed_url_cache_max_age_sec",
    ],
  },
  bypassHeader: { modelled: ["header_name"], inert: [] },
  runService: {
    modelled: ["name", "labels", "template", "invoker_iam_disabled", "ingress", "traffic"],
    inert: [
      ...META,
      "location",
      "annotations",
      "client",
      "client_version",
      "deletion_protection",
      "launch_stage",
      "scaling",
      "binary_authorization",
      "custom_audiences",
      "default_uri_disabled",
    ],
  },
  traffic: { modelled: ["type", "revision", "tag", "percent"], inert: [] },
  template: {
    modelled: ["containers", "revision"],
    inert: [
      "annotations",
      "encryption_key",
      "execution_environment",
      "gpu_zonal_redundancy_disabled",
      "health_check_disabled",
      "labels",
      "max_instance_request_concurrency",
      "node_selector",
      "scaling",
      "service_account",
      "session_affinity",
      "timeout",
      "volumes",
      "vpc_access",
    ],
  },
  container: {
    modelled: ["ports"],
    inert: [
      "args",
      "build_info",
      "command",
      "depends_on",
      "env",
      "image",
      "liveness_probe",
      "name",
      "resources",
      "startup_probe",
      "volume_mounts",
      "working_dir",
    ],
  },
  ports: { modelled: ["name"], inert: ["container_port"] },
  forwardingRule: {
    modelled: ["labels", "load_balancing_scheme", "port_range", "target"],
    inert: [...META, "ip_address", "ip_protocol", "ip_version", "network_tier"],
  },
  httpsProxy: {
    modelled: ["url_map", "ssl_certificates", "certificate_map"],
    inert: [...META, "quic_override", "ssl_policy", "tls_early_data", "http_keep_alive_timeout_sec"],
  },
  certificate: { modelled: ["managed"], inert: [...META, "type", "certificate_id"] },
  managed: { modelled: ["domains"], inert: [] },
  certificateMap: { modelled: [], inert: [...META, "labels"] },
  certificateMapEntry: {
    modelled: ["map", "hostname", "matcher", "certificates"],
    inert: [...META, "labels"],
  },
  managerCertificate: { modelled: ["managed", "scope"], inert: [...META, "labels", "location"] },
  managerManaged: { modelled: ["domains"], inert: ["dns_authorizations", "issuance_config"] },
  invoker: { modelled: ["name", "role", "member", "members"], inert: [...META, "location"] },
  httpProxy: { modelled: ["url_map"], inert: [...META, "http_keep_alive_timeout_sec"] },
} as const satisfies Record<string, BlockAttributes>;

export type BlockKind = keyof typeof KNOWN_ATTRIBUTES;

/** Attributes of a block that the model has never heard of, each as a typed unknown. */
export function unheardOf(value: Value, kind: BlockKind): Unknown[] {
  if (value.kind !== "object")
    return value.kind === "unknown" ? [value] : [{ kind: "unknown", reason: "is not a block", by: value.by }];
  const { modelled, inert }: BlockAttributes = KNOWN_ATTRIBUTES[kind];
  return [...value.entries]
    .filter(
      ([key, entry]) =>
        !isAbsent(entry) &&
        (key === "lifecycle" ? ignoresChanges(entry) : !modelled.includes(key) && !inert.includes(key)),
    )
    .map(([key, entry]) => ({
      kind: "unknown",
      reason: `has an attribute whose effect the model does not know: ${key}`,
      by: entry.by,
    }));
}

/** With `ignore_changes` the file is not what gets applied. */
function ignoresChanges(lifecycle: Value): boolean {
  return blocks(lifecycle, "ignore_changes").length > 0;
}

function isAbsent(value: Value): boolean {
  return (value.kind === "literal" && value.value === null) || (value.kind === "list" && value.items.length === 0);
}
