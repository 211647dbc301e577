import { META } from "./attribute-kinds.ts";
import type { BlockAttributes } from "./attribute-kinds.ts";

const ONLY_SOME_CLIENTS = {
  reason: "takes only clients of some addresses, and what others meet is not documented",
  affects: "refusal",
} as const;

const CLIENT_CERTIFICATE = {
  reason: "may ask clients for a certificate, which a request does not tell of",
  affects: "refusal",
} as const;

const FORWARDING = [
  ...META,
  "ip_protocol",
  "ip_version",
  "network",
  "network_tier",
  "no_automate_dns_zone",
  "service_directory_registrations",
  "subnetwork",
] as const;

const PROXY = [...META, "http_keep_alive_timeout_sec", "proxy_bind"] as const;

/** Forwarding rules, target proxies and certificates, of either scope. */
export const FRONT_ATTRIBUTES = {
  forwardingRule: {
    modelled: ["labels", "load_balancing_scheme", "port_range", "target", "ip_address"],
    inert: [
      ...FORWARDING,
      // They move backend buckets alone from the classic to the global balancer.
      "external_managed_backend_bucket_migration_state",
      "external_managed_backend_bucket_migration_testing_percentage",
    ],
    undecided: {
      source_ip_ranges: ONLY_SOME_CLIENTS,
      metadata_filters: { reason: "chooses among proxies of a service mesh", affects: "request" },
    },
  },
  regionForwardingRule: {
    modelled: [
      "labels",
      "load_balancing_scheme",
      "port_range",
      "ports",
      "all_ports",
      "target",
      "ip_address",
      "backend_service",
    ],
    inert: [
      ...FORWARDING,
      "allow_global_access",
      "allow_psc_global_access",
      "ip_collection",
      "is_mirroring_collector",
      "recreate_closed_psc",
      "region",
      "service_label",
    ],
    undecided: { source_ip_ranges: ONLY_SOME_CLIENTS },
  },
  httpsProxy: {
    modelled: ["url_map", "ssl_certificates", "certificate_map", "certificate_manager_certificates"],
    inert: [...PROXY, "quic_override", "ssl_policy", "tls_early_data"],
    undecided: { server_tls_policy: CLIENT_CERTIFICATE },
  },
  regionHttpsProxy: {
    modelled: ["url_map", "ssl_certificates", "certificate_manager_certificates"],
    inert: [...META, "http_keep_alive_timeout_sec", "region", "ssl_policy"],
    undecided: { server_tls_policy: CLIENT_CERTIFICATE },
  },
  httpProxy: { modelled: ["url_map"], inert: PROXY },
  regionHttpProxy: { modelled: ["url_map"], inert: [...META, "http_keep_alive_timeout_sec", "region"] },
  certificate: { modelled: ["managed"], inert: [...META, "type"] },
  managed: { modelled: ["domains"], inert: [] },
  ownCertificate: {
    modelled: ["certificate"],
    // `…_wo` are the write-only spellings of newer providers.
    inert: [...META, "name_prefix", "private_key", "private_key_wo", "private_key_wo_version", "region"],
  },
  certificateMap: { modelled: [], inert: [...META, "labels"] },
  certificateMapEntry: {
    modelled: ["map", "hostname", "matcher", "certificates"],
    inert: [...META, "labels"],
  },
  managerCertificate: {
    modelled: ["managed", "self_managed", "scope"],
    inert: [...META, "labels", "location"],
    undecided: {
      managed_identity: { reason: "is a certificate for workloads, and names no host", affects: "refusal" },
    },
  },
  managerManaged: { modelled: ["domains"], inert: ["dns_authorizations", "issuance_config"] },
  managerOwn: {
    modelled: ["pem_certificate", "certificate_pem"],
    inert: ["pem_private_key", "private_key_pem"],
  },
} as const satisfies Record<string, BlockAttributes>;
