locals {
  policy_of = {
    api   = google_compute_security_policy.headers
    forms = google_compute_security_policy.waf
    live  = google_compute_security_policy.waf_preview
  }
}

resource "google_cloud_run_v2_service" "app" {
  for_each             = local.policy_of
  name                 = each.key
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-waf/apps/${each.key}:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "app" {
  for_each              = local.policy_of
  name                  = each.key
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.app[each.key].name
  }
}

resource "google_compute_backend_service" "app" {
  for_each              = local.policy_of
  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  security_policy       = each.value.id
  custom_request_headers = each.key == "api" ? [
    "X-Edge: backend",
  ] : []
  backend {
    group = google_compute_region_network_endpoint_group.app[each.key].id
  }
}

resource "google_compute_url_map" "waf" {
  name            = "waf"
  default_service = google_compute_backend_service.app["api"].id

  host_rule {
    hosts        = ["forms.example.com"]
    path_matcher = "forms"
  }
  host_rule {
    hosts        = ["live.example.com"]
    path_matcher = "live"
  }

  path_matcher {
    name            = "forms"
    default_service = google_compute_backend_service.app["forms"].id
  }
  path_matcher {
    name            = "live"
    default_service = google_compute_backend_service.app["live"].id
  }
}

resource "google_compute_managed_ssl_certificate" "waf" {
  name = "waf"
  managed {
    domains = [for host in ["api", "forms", "live"] : "${host}.example.com"]
  }
}

resource "google_compute_target_https_proxy" "waf" {
  name             = "waf"
  url_map          = google_compute_url_map.waf.id
  ssl_certificates = [google_compute_managed_ssl_certificate.waf.id]
}

resource "google_compute_global_forwarding_rule" "waf" {
  name                  = "waf"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.waf.id
}
