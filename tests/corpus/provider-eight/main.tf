# Since provider 8 an unset scheme is EXTERNAL_MANAGED.
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
}

provider "google" {
  project = "example-eight"
  region  = "us-central1"
}

resource "google_cloud_run_v2_service" "api" {
  name                 = "api"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-eight/apps/api:1"
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
  name = "api"
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_url_map" "api" {
  name            = "api"
  default_service = google_compute_backend_service.api.id

  header_action {
    request_headers_to_remove = ["X-User-Id"]
  }

  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.api.id
    route_rules {
      priority = 1
      service  = google_compute_backend_service.api.id
      match_rules {
        prefix_match = "/public/"
      }
      header_action {
        request_headers_to_remove = ["Authorization"]
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "api" {
  name = "api"
  managed {
    domains = ["api.example.com"]
  }
}

resource "google_compute_target_https_proxy" "api" {
  name             = "api"
  url_map          = google_compute_url_map.api.id
  ssl_certificates = [google_compute_managed_ssl_certificate.api.id]
}

resource "google_compute_global_forwarding_rule" "api" {
  name       = "api"
  port_range = "443"
  target     = google_compute_target_https_proxy.api.id
}
