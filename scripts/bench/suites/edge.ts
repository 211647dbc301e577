/** Host of the edge that is emulated. */
export const EDGE_HOST = "api.example.com";

/** A path that the last of the route rules alone matches. */
export const LAST_PATH = "/the-last-of-them";

/** Terraform of an edge that takes X-Probe off and puts X-Added on, with so many route rules of which the last one matches. */
export function edgeText(rules: number): string {
  const routes = Array.from({ length: rules }, (_, index) => ({
    priority: index + 1,
    match_rules: [{ full_path_match: index === rules - 1 ? LAST_PATH : `/rule-${index}` }],
    service: reference("google_compute_backend_service", "app"),
    header_action: {
      request_headers_to_remove: ["X-Probe"],
      request_headers_to_add: [{ header_name: "X-Added", header_value: "v1", replace: true }],
    },
  }));
  return JSON.stringify({
    resource: {
      google_compute_global_forwarding_rule: {
        https: {
          ...{ name: "https", load_balancing_scheme: "EXTERNAL_MANAGED", port_range: "443" },
          target: reference("google_compute_target_https_proxy", "https"),
        },
      },
      google_compute_managed_ssl_certificate: { main: { name: "main", managed: { domains: [EDGE_HOST] } } },
      google_compute_target_https_proxy: {
        https: {
          name: "https",
          url_map: reference("google_compute_url_map", "main"),
          ssl_certificates: [reference("google_compute_managed_ssl_certificate", "main")],
        },
      },
      google_compute_url_map: {
        main: {
          name: "main",
          default_service: reference("google_compute_backend_service", "app"),
          host_rule: [{ hosts: [EDGE_HOST], path_matcher: "all" }],
          path_matcher: [
            { name: "all", default_service: reference("google_compute_backend_service", "app"), route_rules: routes },
          ],
        },
      },
      ...SERVICE,
    },
  });
}

function reference(type: string, name: string, attribute = "id"): string {
  return `\${${type}.${name}.${attribute}}`;
}

const SERVICE = {
  google_compute_backend_service: {
    app: {
      ...{ name: "app", load_balancing_scheme: "EXTERNAL_MANAGED", protocol: "HTTPS" },
      backend: [{ group: reference("google_compute_region_network_endpoint_group", "app") }],
    },
  },
  google_compute_region_network_endpoint_group: {
    app: {
      ...{ name: "app", network_endpoint_type: "SERVERLESS", region: "us-central1" },
      cloud_run: { service: reference("google_cloud_run_v2_service", "app", "name") },
    },
  },
  google_cloud_run_v2_service: {
    app: {
      ...{ name: "app", location: "us-central1", ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" },
      invoker_iam_disabled: true,
      template: {
        containers: [{ image: "us-docker.pkg.dev/example/echo", ports: { container_port: 8080, name: "http1" } }],
      },
    },
  },
};
