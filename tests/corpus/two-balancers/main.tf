terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-two"
  region  = "us-central1"
}

locals {
  services = toset(["web", "inside"])
}

resource "google_cloud_run_v2_service" "svc" {
  for_each             = local.services
  name                 = each.key
  location             = "us-central1"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example/apps/${each.key}:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "svc" {
  for_each              = local.services
  name                  = each.key
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.svc[each.key].name
  }
}

resource "google_compute_backend_service" "svc" {
  for_each              = local.services
  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.svc[each.key].id
  }
}

resource "google_compute_url_map" "public" {
  name            = "public"
  default_service = google_compute_backend_service.svc["web"].id
}

resource "google_compute_managed_ssl_certificate" "public" {
  name = "public"
  managed {
    domains = ["app.example.com"]
  }
}

resource "google_compute_target_https_proxy" "public" {
  name             = "public"
  url_map          = google_compute_url_map.public.id
  ssl_certificates = [google_compute_managed_ssl_certificate.public.id]
}

resource "google_compute_global_address" "public" {
  name = "public"
}

resource "google_compute_global_forwarding_rule" "public" {
  name                  = "public"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.public.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.public.id
}

# Partners come in by a second address, with a map of their own.
resource "google_compute_url_map" "partners" {
  name            = "partners"
  default_service = google_compute_backend_service.svc["inside"].id
  header_action {
    request_headers_to_remove = ["X-Partner"]
  }
}

resource "google_certificate_manager_certificate" "partners" {
  name = "partners"
  managed {
    domains = ["*.partners.example.com"]
  }
}

resource "google_certificate_manager_certificate_map" "partners" {
  name = "partners"
}

resource "google_certificate_manager_certificate_map_entry" "partners" {
  name         = "partners"
  map          = google_certificate_manager_certificate_map.partners.name
  hostname     = "*.partners.example.com"
  certificates = [google_certificate_manager_certificate.partners.id]
}

resource "google_compute_target_https_proxy" "partners" {
  name            = "partners"
  url_map         = google_compute_url_map.partners.id
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.partners.id}"
}

resource "google_compute_global_forwarding_rule" "partners" {
  name                  = "partners"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.partners.id
}

resource "google_compute_url_map" "redirect" {
  name = "redirect"
  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_target_http_proxy" "redirect" {
  name    = "redirect"
  url_map = google_compute_url_map.redirect.id
}

resource "google_compute_global_forwarding_rule" "redirect" {
  name                  = "redirect"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.public.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect.id
}
