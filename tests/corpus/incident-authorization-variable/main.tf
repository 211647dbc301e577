# The "fix" of the report: pass the header on, everywhere.
terraform {
  required_version = ">= 1.0"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
}

variable "project_id" {
  description = "GCP project"
  type        = string
  default     = "example-staging"
}

variable "region" {
  type    = string
  default = "us-central1"
}

variable "domain" {
  type    = string
  default = "staging.example.com"
}

locals {
  services = ["backend", "auth", "frontend"]
}

resource "google_cloud_run_v2_service" "svc" {
  for_each             = toset(local.services)
  name                 = "${each.value}-staging"
  location             = var.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    timeout = each.value == "backend" ? "3600s" : "300s"
    containers {
      image = "us-docker.pkg.dev/${var.project_id}/apps/${each.value}:latest"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "svc" {
  for_each              = toset(local.services)
  name                  = "${each.value}-neg"
  region                = var.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.svc[each.value].name
  }
}

resource "google_compute_backend_service" "svc" {
  for_each              = toset(local.services)
  name                  = "${each.value}-backend"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  custom_request_headers = [
    "Authorization: {authorization}",
    "X-Forwarded-Proto: https",
  ]
  log_config {
    enable      = true
    sample_rate = 1.0
  }
  backend {
    group = google_compute_region_network_endpoint_group.svc[each.value].id
  }
}

resource "google_compute_url_map" "https_lb" {
  name            = "https-lb"
  default_service = google_compute_backend_service.svc["frontend"].id

  host_rule {
    hosts        = ["api.${var.domain}"]
    path_matcher = "api-paths"
  }
  host_rule {
    hosts        = ["auth.${var.domain}"]
    path_matcher = "auth-paths"
  }
  host_rule {
    hosts        = ["app.${var.domain}", "www.${var.domain}", "ws.${var.domain}"]
    path_matcher = "frontend-paths"
  }

  path_matcher {
    name            = "api-paths"
    default_service = google_compute_backend_service.svc["backend"].id
    path_rule {
      paths   = ["/ws", "/ws/*", "/websocket", "/websocket/*"]
      service = google_compute_backend_service.svc["backend"].id
    }
    path_rule {
      paths   = ["/health", "/api/*"]
      service = google_compute_backend_service.svc["backend"].id
    }
  }

  path_matcher {
    name            = "auth-paths"
    default_service = google_compute_backend_service.svc["auth"].id
  }

  path_matcher {
    name            = "frontend-paths"
    default_service = google_compute_backend_service.svc["frontend"].id
    path_rule {
      paths   = ["/api/*"]
      service = google_compute_backend_service.svc["backend"].id
    }
  }
}

resource "google_compute_managed_ssl_certificate" "staging" {
  name = "staging-cert"
  managed {
    domains = [
      var.domain,
      "app.${var.domain}",
      "api.${var.domain}",
      "auth.${var.domain}",
      "www.${var.domain}",
    ]
  }
}

resource "google_compute_target_https_proxy" "https_lb" {
  name             = "https-lb-proxy"
  url_map          = google_compute_url_map.https_lb.id
  ssl_certificates = [google_compute_managed_ssl_certificate.staging.id]
}

resource "google_compute_global_address" "lb_ip" {
  name = "lb-ip"
}

resource "google_compute_global_forwarding_rule" "https" {
  name                  = "https-rule"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  target                = google_compute_target_https_proxy.https_lb.id
  port_range            = "443"
  ip_address            = google_compute_global_address.lb_ip.address
}

resource "google_compute_url_map" "https_redirect" {
  name = "https-redirect"
  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_target_http_proxy" "https_redirect" {
  name    = "http-redirect-proxy"
  url_map = google_compute_url_map.https_redirect.id
}

resource "google_compute_global_forwarding_rule" "http" {
  name                  = "http-rule"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  target                = google_compute_target_http_proxy.https_redirect.id
  port_range            = "80"
  ip_address            = google_compute_global_address.lb_ip.address
}
