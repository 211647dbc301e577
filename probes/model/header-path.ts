import { KNOWN_ATTRIBUTES, isComputed } from "./attributes.ts";
import type { BlockKind } from "./attributes.ts";
import type { BlockAttributes } from "./attribute-kinds.ts";

/** Types whose resources decide where a request goes or what arrives of it, and the block that lists their attributes. */
const ON_PATH: Readonly<Record<string, BlockKind>> = {
  google_compute_url_map: "urlMap",
  google_compute_region_url_map: "urlMap",
  google_compute_backend_service: "backendService",
  google_compute_region_backend_service: "regionBackendService",
  google_compute_backend_bucket: "backendBucket",
  google_compute_region_backend_bucket: "backendBucket",
  google_compute_region_network_endpoint_group: "neg",
  google_compute_global_forwarding_rule: "forwardingRule",
  google_compute_forwarding_rule: "regionForwardingRule",
  google_compute_target_https_proxy: "httpsProxy",
  google_compute_region_target_https_proxy: "regionHttpsProxy",
  google_compute_target_http_proxy: "httpProxy",
  google_compute_region_target_http_proxy: "regionHttpProxy",
  google_compute_managed_ssl_certificate: "certificate",
  google_compute_ssl_certificate: "ownCertificate",
  google_compute_region_ssl_certificate: "ownCertificate",
  google_certificate_manager_certificate_map: "certificateMap",
  google_certificate_manager_certificate_map_entry: "certificateMapEntry",
  google_certificate_manager_certificate: "managerCertificate",
  google_compute_security_policy: "securityPolicy",
  google_compute_region_security_policy: "regionSecurityPolicy",
  google_compute_security_policy_rule: "armorRuleResource",
  google_compute_region_security_policy_rule: "armorRuleResource",
  google_cloud_run_v2_service: "runService",
  google_cloud_run_service: "runV1",
};

/** Others that stand there: who may call a service, addresses, TLS policies, and what may change a request unread. */
const WHOLLY =
  /^google_(cloud_run_(v2_)?service_iam_\w+|compute_(global_)?address|compute_(region_)?ssl_policy|dns_record_set|iap_\w+|network_(services|security)_\w+|api_gateway_\w+|compute_(global_|region_)?network_endpoint(_group|s)?)$/;

/** Whether resources of a type are among those that decide where a request goes or what arrives of it. */
export function isOnHeaderPath(type: string): boolean {
  return Object.hasOwn(ON_PATH, type);
}

/** The same, with types that stand there unread or decide who comes through. */
export function touchesRequests(type: string): boolean {
  return isOnHeaderPath(type) || WHOLLY.test(type);
}

/**
 * Which of a resource's attributes decide where a request goes or what arrives of it. An attribute that is not known not
 * to do so is taken to do so.
 */
export function onHeaderPath(type: string, attributes: readonly string[]): string[] {
  const kind = isOnHeaderPath(type) ? ON_PATH[type] : undefined;
  if (kind === undefined) return WHOLLY.test(type) ? [...attributes] : [];
  const { modelled, inert }: BlockAttributes = KNOWN_ATTRIBUTES[kind];
  return attributes.filter((name) => modelled.includes(name) || (!inert.includes(name) && !isComputed(name)));
}
