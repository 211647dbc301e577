import type { Value } from "./value.ts";

/** What the stand-in knows of a resource type beyond its schema. */
export interface ResourceFacts {
  /** The id, with attributes in braces; two resources of one id cannot both exist. */
  readonly id: string;
  /** Attributes and blocks that only a replacement can change. */
  readonly immutable: readonly string[];
  /** Values of what the configuration leaves out, by dotted path. Computed ones come from the cloud, after the plan. */
  readonly defaults?: Readonly<Record<string, Value>>;
  /** An entry in a list of grants: adding it twice is no conflict, and nothing can refer to it. */
  readonly grant?: true;
}

const SUFFIX = "https://www.googleapis.com/compute/v1/";

const globalCompute = (collection: string): string => `projects/{project}/global/${collection}/{name}`;
/** What tests describe and never change: a replacement where the name is another. */
const named = (id: string): ResourceFacts => ({ id, immutable: ["name", "project"] });
const regionalCompute = (collection: string): ResourceFacts =>
  named(`projects/{project}/regions/{region}/${collection}/{name}`);
const grant = (id: string, immutable: readonly string[]): ResourceFacts => ({
  id,
  immutable: [...immutable, "role", "condition"],
  grant: true,
});

export const RESOURCES = {
  google_cloud_run_v2_service: {
    id: "projects/{project}/locations/{location}/services/{name}",
    immutable: ["name", "location", "project"],
    defaults: {
      deletion_protection: true,
      ingress: "INGRESS_TRAFFIC_ALL",
      launch_stage: "GA",
      "template.timeout": "300s",
      "template.max_instance_request_concurrency": 80,
      "template.containers.ports.name": "http1",
      "template.containers.startup_probe.failure_threshold": 3,
      "template.containers.startup_probe.initial_delay_seconds": 0,
      "template.containers.startup_probe.period_seconds": 10,
      "template.containers.startup_probe.timeout_seconds": 1,
      "template.containers.startup_probe.http_get.path": "/",
      "template.containers.liveness_probe.failure_threshold": 3,
      "template.containers.liveness_probe.initial_delay_seconds": 0,
      "template.containers.liveness_probe.period_seconds": 10,
      "template.containers.liveness_probe.timeout_seconds": 1,
      "template.containers.liveness_probe.http_get.path": "/",
      "traffic.percent": 0,
    },
  },
  google_cloud_run_v2_service_iam_member: grant(
    "projects/{project}/locations/{location}/services/{name}/{role}/{member}",
    ["project", "location", "name", "member"],
  ),
  google_cloud_run_v2_service_iam_binding: grant("projects/{project}/locations/{location}/services/{name}/{role}", [
    "project",
    "location",
    "name",
  ]),
  google_service_account: {
    id: "projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com",
    immutable: ["account_id", "project"],
  },
  google_compute_region_network_endpoint_group: {
    id: "projects/{project}/regions/{region}/networkEndpointGroups/{name}",
    immutable: [
      "name",
      "region",
      "project",
      "description",
      "network",
      "subnetwork",
      "network_endpoint_type",
      "psc_target_service",
      "cloud_run",
      "cloud_function",
      "app_engine",
      "psc_data",
    ],
    defaults: { network_endpoint_type: "SERVERLESS" },
  },
  google_compute_backend_service: {
    id: globalCompute("backendServices"),
    immutable: ["name", "project"],
    defaults: {
      connection_draining_timeout_sec: 300,
      load_balancing_scheme: "EXTERNAL",
      protocol: "HTTP",
      session_affinity: "NONE",
      timeout_sec: 30,
      "backend.balancing_mode": "UTILIZATION",
      "backend.capacity_scaler": 1,
      "cdn_policy.cache_mode": "CACHE_ALL_STATIC",
      "cdn_policy.client_ttl": 3600,
      "cdn_policy.default_ttl": 3600,
      "cdn_policy.max_ttl": 86400,
      "cdn_policy.negative_caching": false,
      "cdn_policy.serve_while_stale": 0,
    },
  },
  google_compute_url_map: { id: globalCompute("urlMaps"), immutable: ["name", "project"] },
  google_compute_managed_ssl_certificate: {
    id: globalCompute("sslCertificates"),
    immutable: ["name", "project", "description", "type", "managed", "managed.domains"],
    defaults: { type: "MANAGED" },
  },
  google_compute_target_https_proxy: {
    id: globalCompute("targetHttpsProxies"),
    immutable: ["name", "project", "description", "proxy_bind", "http_keep_alive_timeout_sec"],
    defaults: { quic_override: "NONE", proxy_bind: false, tls_early_data: "DISABLED" },
  },
  google_compute_target_http_proxy: {
    id: globalCompute("targetHttpProxies"),
    immutable: ["name", "project", "description", "proxy_bind", "http_keep_alive_timeout_sec"],
    defaults: { proxy_bind: false },
  },
  google_compute_global_forwarding_rule: {
    id: globalCompute("forwardingRules"),
    immutable: [
      "name",
      "project",
      "description",
      "ip_address",
      "ip_protocol",
      "ip_version",
      "load_balancing_scheme",
      "metadata_filters",
      "network",
      "network_tier",
      "port_range",
      "source_ip_ranges",
      "subnetwork",
    ],
    defaults: { ip_protocol: "TCP", load_balancing_scheme: "EXTERNAL", network_tier: "PREMIUM" },
  },
  google_compute_global_address: {
    id: globalCompute("addresses"),
    immutable: [
      "name",
      "project",
      "description",
      "address",
      "address_type",
      "ip_version",
      "network",
      "prefix_length",
      "purpose",
    ],
    defaults: { address_type: "EXTERNAL" },
  },
  google_compute_ssl_policy: {
    id: globalCompute("sslPolicies"),
    immutable: ["name", "project", "description"],
    defaults: { min_tls_version: "TLS_1_0", profile: "COMPATIBLE" },
  },
  google_compute_security_policy: {
    id: globalCompute("securityPolicies"),
    immutable: ["name", "project", "type"],
    defaults: {
      type: "CLOUD_ARMOR",
      "rule.preview": false,
      "advanced_options_config.json_parsing": "DISABLED",
      "advanced_options_config.log_level": "NORMAL",
      "adaptive_protection_config.layer_7_ddos_defense_config.rule_visibility": "STANDARD",
    },
  },
  google_certificate_manager_certificate: {
    id: "projects/{project}/locations/{location}/certificates/{name}",
    immutable: ["name", "project", "location", "scope", "managed", "managed.domains", "managed.dns_authorizations"],
    defaults: { location: "global", scope: "DEFAULT" },
  },
  google_certificate_manager_certificate_map: {
    id: "projects/{project}/locations/global/certificateMaps/{name}",
    immutable: ["name", "project"],
  },
  google_certificate_manager_certificate_map_entry: {
    id: "projects/{project}/locations/global/certificateMaps/{map}/certificateMapEntries/{name}",
    immutable: ["name", "project", "map", "hostname", "matcher"],
  },
  google_certificate_manager_dns_authorization: {
    id: "projects/{project}/locations/{location}/dnsAuthorizations/{name}",
    immutable: ["name", "project", "location", "domain", "type"],
    defaults: { location: "global", type: "FIXED_RECORD" },
  },
  google_dns_record_set: {
    id: "projects/{project}/managedZones/{managed_zone}/rrsets/{name}/{type}",
    immutable: ["name", "project", "managed_zone", "type"],
  },
  google_secret_manager_secret_iam_member: grant("projects/{project}/secrets/{secret_id}/{role}/{member}", [
    "project",
    "secret_id",
    "member",
  ]),
  google_iap_web_backend_service_iam_member: grant(
    "projects/{project}/iap_web/compute/services/{web_backend_service}/{role}/{member}",
    ["project", "web_backend_service", "member"],
  ),
  google_project_iam_member: grant("{project}/{role}/{member}", ["project", "member"]),
  google_cloud_run_service: {
    id: "locations/{location}/namespaces/{project}/services/{name}",
    immutable: ["name", "location", "project"],
  },
  google_cloud_run_service_iam_member: grant(
    "v1/projects/{project}/locations/{location}/services/{service}/{role}/{member}",
    ["project", "location", "service", "member"],
  ),
  google_compute_ssl_certificate: named(globalCompute("sslCertificates")),
  google_compute_backend_bucket: named(globalCompute("backendBuckets")),
  google_compute_health_check: named(globalCompute("healthChecks")),
  google_compute_network: named(globalCompute("networks")),
  google_compute_instance_template: named(globalCompute("instanceTemplates")),
  google_compute_instance_group_manager: named("projects/{project}/zones/{zone}/instanceGroupManagers/{name}"),
  google_compute_global_network_endpoint_group: named(globalCompute("networkEndpointGroups")),
  google_compute_global_network_endpoint: {
    id: "{project}/{global_network_endpoint_group}/{fqdn}/{port}",
    immutable: ["fqdn", "port", "project"],
  },
  google_compute_address: regionalCompute("addresses"),
  google_compute_subnetwork: regionalCompute("subnetworks"),
  google_compute_forwarding_rule: regionalCompute("forwardingRules"),
  google_compute_region_backend_service: regionalCompute("backendServices"),
  google_compute_region_url_map: regionalCompute("urlMaps"),
  google_compute_region_target_http_proxy: regionalCompute("targetHttpProxies"),
  google_compute_region_target_https_proxy: regionalCompute("targetHttpsProxies"),
  google_storage_bucket: named("{name}"),
} as const satisfies Record<string, ResourceFacts>;

export type ResourceType = keyof typeof RESOURCES;

export const RESOURCE_TYPES = Object.keys(RESOURCES) as readonly ResourceType[];

/** The first alone can be read; of the others there is the schema. */
export const DATA_SOURCE_TYPES = [
  "google_project",
  "google_compute_backend_service",
  "google_compute_global_address",
  "google_secret_manager_secret_version",
] as const;

export function factsOf(type: string): ResourceFacts {
  const facts: ResourceFacts | undefined = RESOURCES[type as ResourceType];
  if (facts === undefined) throw new Error(`the stand-in provider has no facts about ${type}`);
  return facts;
}

/** Name of the API collection, as ids carry it: `urlMaps`. */
export const collectionOf = (type: ResourceType): string => RESOURCES[type].id.split("/").at(-2) ?? "";

/** Link of a Compute resource. */
export const selfLink = (id: string): string => `${SUFFIX}${id}`;

/** A reference brought to the form of an id: some attributes hold a link or a name with the service in front. */
export const idForm = (reference: string): string =>
  reference.startsWith(SUFFIX)
    ? reference.slice(SUFFIX.length)
    : reference.replace(/^\/\/certificatemanager\.googleapis\.com\//, "");
