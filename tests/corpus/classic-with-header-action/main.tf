terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-mixed"
}

variable "scheme" {
  description = "EXTERNAL until the migration window, EXTERNAL_MANAGED after it."
  type        = string
  default     = "EXTERNAL"
}

resource "google_cloud_run_v2_service" "api" {
  name                 = "api"
  location             = "us-central1"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-mixed/apps/api:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "api" {
  name                  = "api"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.api.name
  }
}

resource "google_compute_backend_service" "api" {
  name                  = "api"
  load_balancing_scheme = var.scheme
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_url_map" "api" {
  name            = "api"
  default_service = google_compute_backend_service.api.id

  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "api"
  }

  host_rule {
    hosts        = ["plain.example.com"]
    path_matcher = "plain"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.api.id
    header_action {
      request_headers_to_remove = ["X-Debug"]
    }
  }

  path_matcher {
    name            = "plain"
    default_service = google_compute_backend_service.api.id
  }
}

resource "google_compute_managed_ssl_certificate" "api" {
  name = "api"
  managed {
    domains = ["api.example.com", "plain.example.com"]
  }
}

resource "google_compute_target_https_proxy" "api" {
  name             = "api"
  url_map          = google_compute_url_map.api.id
  ssl_certificates = [google_compute_managed_ssl_certificate.api.id]
}

resource "google_compute_global_forwarding_rule" "api" {
  name                  = "api"
  load_balancing_scheme = var.scheme
  target                = google_compute_target_https_proxy.api.id
  port_range            = "443"
}
