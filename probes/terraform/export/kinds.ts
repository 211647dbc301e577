/** A kind of resource of the Compute API, and what Terraform calls it. */
export interface ApiKind {
  /** Collection in a resource's address: `…/global/urlMaps/main`. */
  readonly collection: string;
  readonly global: string;
  /** Of a resource that has a region. */
  readonly regional: string;
}

/** Kinds that an edge is made of, by what the API writes after `compute#`. */
export const API_KINDS: Readonly<Record<string, ApiKind>> = {
  urlMap: { collection: "urlMaps", global: "google_compute_url_map", regional: "google_compute_region_url_map" },
  backendService: {
    collection: "backendServices",
    global: "google_compute_backend_service",
    regional: "google_compute_region_backend_service",
  },
  backendBucket: {
    collection: "backendBuckets",
    global: "google_compute_backend_bucket",
    regional: "google_compute_region_backend_bucket",
  },
  networkEndpointGroup: {
    collection: "networkEndpointGroups",
    global: "google_compute_network_endpoint_group",
    regional: "google_compute_region_network_endpoint_group",
  },
  targetHttpProxy: {
    collection: "targetHttpProxies",
    global: "google_compute_target_http_proxy",
    regional: "google_compute_region_target_http_proxy",
  },
  targetHttpsProxy: {
    collection: "targetHttpsProxies",
    global: "google_compute_target_https_proxy",
    regional: "google_compute_region_target_https_proxy",
  },
  forwardingRule: {
    collection: "forwardingRules",
    global: "google_compute_global_forwarding_rule",
    regional: "google_compute_forwarding_rule",
  },
  sslCertificate: {
    collection: "sslCertificates",
    global: "google_compute_managed_ssl_certificate",
    regional: "google_compute_region_ssl_certificate",
  },
  securityPolicy: {
    collection: "securityPolicies",
    global: "google_compute_security_policy",
    regional: "google_compute_region_security_policy",
  },
};

/** Keys that a kind has and no other one does, for exports that do not name their kind. */
const TELLING: readonly (readonly [kind: string, keys: readonly string[]])[] = [
  ["urlMap", ["hostRules", "pathMatchers", "defaultService", "defaultUrlRedirect", "defaultRouteAction"]],
  ["backendBucket", ["bucketName"]],
  ["backendService", ["backends", "loadBalancingScheme", "customRequestHeaders"]],
  ["networkEndpointGroup", ["networkEndpointType"]],
];

/** The kind of a resource as the API or `gcloud … export` writes it; undefined where it cannot be told. */
export function kindOf(keys: readonly string[], kind: string | undefined): string | undefined {
  const named = kind?.replace(/^compute#/, "");
  if (named !== undefined) return Object.hasOwn(API_KINDS, named) ? named : undefined;
  return TELLING.find(([, telling]) => telling.some((key) => keys.includes(key)))?.[0];
}

/** What the API writes of a resource that nobody configures. */
export const OUTPUT_ONLY = new Set([
  "kind",
  "id",
  "selfLink",
  "selfLinkWithId",
  "creationTimestamp",
  "fingerprint",
  "labelFingerprint",
  "usedBy",
]);

/** Keys that Terraform does not write as the API does with small letters and underscores. */
const RENAMED: Readonly<Record<string, string>> = {
  hostRules: "host_rule",
  pathMatchers: "path_matcher",
  pathRules: "path_rule",
  tests: "test",
  backends: "backend",
  rules: "rule",
  enableCDN: "enable_cdn",
  IPAddress: "ip_address",
  IPProtocol: "ip_protocol",
};

/** A key of the API by its name in Terraform. */
export function terraformKey(key: string): string {
  return RENAMED[key] ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
