/** Where the resources of one Terraform type are listed by Google's APIs. */
export interface Collection {
  /** Terraform types that it holds. */
  readonly types: readonly string[];
  readonly host: "compute.googleapis.com" | "run.googleapis.com" | "certificatemanager.googleapis.com";
  /** With `{project}` and `{region}`. */
  readonly path: string;
  /** Key of the list in an answer. */
  readonly items: string;
  /** What a caller must be allowed to do. */
  readonly permission: string;
}

function compute(type: string, name: string, scope = "global"): Collection {
  return {
    types: [type],
    host: "compute.googleapis.com",
    path: `/compute/v1/projects/{project}/${scope}/${name}`,
    items: "items",
    permission: `compute.${name}.list`,
  };
}

/** The lists that an edge is looked up in. */
export const COLLECTIONS: readonly Collection[] = [
  compute("google_compute_url_map", "urlMaps"),
  compute("google_compute_backend_service", "backendServices"),
  compute("google_compute_region_network_endpoint_group", "networkEndpointGroups", "regions/{region}"),
  compute("google_compute_managed_ssl_certificate", "sslCertificates"),
  compute("google_compute_target_https_proxy", "targetHttpsProxies"),
  compute("google_compute_target_http_proxy", "targetHttpProxies"),
  compute("google_compute_global_forwarding_rule", "forwardingRules"),
  {
    types: ["google_cloud_run_v2_service"],
    host: "run.googleapis.com",
    path: "/v2/projects/{project}/locations/{region}/services",
    items: "services",
    permission: "run.services.list",
  },
  {
    types: ["google_certificate_manager_certificate"],
    host: "certificatemanager.googleapis.com",
    path: "/v1/projects/{project}/locations/global/certificates",
    items: "certificates",
    permission: "certificatemanager.certs.list",
  },
];
