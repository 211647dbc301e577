import type { Json } from "../support/reference.ts";

const BACKEND = "${google_compute_backend_service.app.id}";

/** A small edge in Terraform's JSON that uses every resource type and that the API has nothing against. */
export function goodEdge(): Json {
  return {
    terraform: { required_providers: { google: { source: "google", version: "6.50.0" } } },
    provider: { google: [{ project: "example", region: "us-central1" }] },
    data: { google_project: { project: {} } },
    output: { number: { value: "${data.google_project.project.number}" } },
    resource: { ...runResources(), ...routingResources(), ...frontResources(), ...certificateManagerResources() },
  };
}

function runResources(): Json {
  const service = "${google_cloud_run_v2_service.app.name}";
  const invoker = { location: "us-central1", name: service, role: "roles/run.invoker" };
  return {
    google_service_account: { app: { account_id: "edge-app" } },
    google_cloud_run_v2_service: {
      app: {
        name: "edge-app",
        location: "us-central1",
        deletion_protection: false,
        template: {
          containers: [{ image: "example/app", env: [{ name: "MODE", value: "live" }] }],
          revision: "edge-app-one",
          service_account: "${google_service_account.app.email}",
          timeout: "3600s",
        },
        traffic: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: "edge-app-one", percent: 100 }],
      },
    },
    google_cloud_run_v2_service_iam_member: { open: { ...invoker, member: "allUsers" } },
    google_cloud_run_v2_service_iam_binding: {
      viewers: { ...invoker, role: "roles/run.viewer", members: ["user:someone@example.com"] },
    },
    google_project_iam_member: {
      log: { project: "example", role: "roles/logging.logWriter", member: "${google_service_account.app.member}" },
    },
    google_secret_manager_secret_iam_member: {
      key: {
        secret_id: "edge-key",
        role: "roles/secretmanager.secretAccessor",
        member: "${google_service_account.app.member}",
      },
    },
    google_iap_web_backend_service_iam_member: {
      staff: {
        web_backend_service: "${google_compute_backend_service.app.name}",
        role: "roles/iap.httpsResourceAccessor",
        member: "group:staff@example.com",
      },
    },
  };
}

function routingResources(): Json {
  return {
    google_compute_region_network_endpoint_group: {
      app: {
        name: "edge-app",
        region: "us-central1",
        network_endpoint_type: "SERVERLESS",
        cloud_run: { service: "${google_cloud_run_v2_service.app.name}" },
      },
    },
    google_compute_security_policy: {
      guard: { name: "edge-guard", rule: [{ action: "allow", priority: 2147483647, match: everybody() }] },
    },
    google_compute_backend_service: {
      app: {
        name: "edge-app",
        load_balancing_scheme: "EXTERNAL_MANAGED",
        protocol: "HTTPS",
        log_config: { enable: true, sample_rate: 0.1 },
        backend: [{ group: "${google_compute_region_network_endpoint_group.app.id}" }],
        custom_request_headers: ["X-Region: {client_region}"],
        security_policy: "${google_compute_security_policy.guard.id}",
      },
    },
    google_compute_url_map: {
      routes: {
        name: "edge-routes",
        default_service: BACKEND,
        host_rule: [{ hosts: ["api.example.com"], path_matcher: "api" }],
        path_matcher: [
          {
            name: "api",
            default_service: BACKEND,
            route_rules: [{ priority: 10, match_rules: [{ prefix_match: "/ws" }], service: BACKEND }],
          },
        ],
        test: [{ host: "api.example.com", path: "/ws", service: BACKEND }],
      },
      redirect: { name: "edge-redirect", default_url_redirect: { https_redirect: true, strip_query: false } },
    },
  };
}

const everybody = (): Json => ({ versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["*"] } });

function frontResources(): Json {
  const rule = { load_balancing_scheme: "EXTERNAL_MANAGED", ip_address: "${google_compute_global_address.v4.id}" };
  return {
    google_compute_global_address: { v4: { name: "edge-v4" }, v6: { name: "edge-v6", ip_version: "IPV6" } },
    google_compute_ssl_policy: { modern: { name: "edge-modern", profile: "MODERN", min_tls_version: "TLS_1_2" } },
    google_compute_managed_ssl_certificate: { api: { name: "edge-api", managed: { domains: ["api.example.com"] } } },
    google_compute_target_https_proxy: {
      secure: {
        name: "edge-https",
        url_map: "${google_compute_url_map.routes.id}",
        ssl_certificates: ["${google_compute_managed_ssl_certificate.api.id}"],
        ssl_policy: "${google_compute_ssl_policy.modern.id}",
      },
    },
    google_compute_target_http_proxy: {
      plain: { name: "edge-http", url_map: "${google_compute_url_map.redirect.id}" },
    },
    google_compute_global_forwarding_rule: {
      secure: {
        ...rule,
        name: "edge-https",
        port_range: "443",
        target: "${google_compute_target_https_proxy.secure.id}",
      },
      plain: { ...rule, name: "edge-http", port_range: "80", target: "${google_compute_target_http_proxy.plain.id}" },
    },
    google_dns_record_set: {
      api: {
        name: "api.example.com.",
        type: "A",
        ttl: 300,
        managed_zone: "example-com",
        rrdatas: ["${google_compute_global_address.v4.address}"],
      },
    },
  };
}

function certificateManagerResources(): Json {
  return {
    google_certificate_manager_dns_authorization: { api: { name: "edge-api", domain: "api.example.com" } },
    google_certificate_manager_certificate: {
      api: {
        name: "edge-api",
        managed: {
          domains: ["api.example.com"],
          dns_authorizations: ["${google_certificate_manager_dns_authorization.api.id}"],
        },
      },
    },
    google_certificate_manager_certificate_map: { api: { name: "edge-map" } },
    google_certificate_manager_certificate_map_entry: {
      api: {
        name: "edge-entry",
        map: "${google_certificate_manager_certificate_map.api.name}",
        certificates: ["${google_certificate_manager_certificate.api.id}"],
        hostname: "api.example.com",
      },
    },
  };
}
