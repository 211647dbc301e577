terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-data"
  region  = "us-central1"
}

data "google_project" "this" {}

data "google_secret_manager_secret_version" "edge_token" {
  secret = "edge-token"
}

# Made by hand, years ago.
data "google_compute_backend_service" "legacy" {
  name = "legacy"
}

data "google_compute_global_address" "edge" {
  name = "edge"
}

resource "google_cloud_run_v2_service" "api" {
  name                 = "api"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    service_account = "api@${data.google_project.this.project_id}.iam.gserviceaccount.com"
    containers {
      image = "us-docker.pkg.dev/${data.google_project.this.project_id}/apps/api:1"
      env {
        name  = "PROJECT_NUMBER"
        value = data.google_project.this.number
      }
    }
  }
}

resource "google_compute_region_network_endpoint_group" "api" {
  name                  = "api-${data.google_project.this.number}"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.api.name
  }
}

resource "google_compute_backend_service" "api" {
  name                   = "api"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = ["X-Edge-Token: ${data.google_secret_manager_secret_version.edge_token.secret_data}"]
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = google_compute_backend_service.api.id

  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.api.id

    route_rules {
      priority = 1
      service  = data.google_compute_backend_service.legacy.id
      match_rules {
        prefix_match = "/legacy/"
      }
    }

    route_rules {
      priority = 2
      service  = google_compute_backend_service.api.id
      match_rules {
        prefix_match = "/trusted/"
      }
      header_action {
        request_headers_to_add {
          header_name  = "Authorization"
          header_value = "Bearer ${data.google_secret_manager_secret_version.edge_token.secret_data}"
          replace      = true
        }
      }
    }

    route_rules {
      priority = 3
      service  = google_compute_backend_service.api.id
      match_rules {
        full_path_match = "/internal/${data.google_project.this.number}"
      }
      header_action {
        request_headers_to_remove = ["Authorization"]
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "main" {
  name = "main"
  managed {
    domains = ["api.example.com"]
  }
}

resource "google_compute_target_https_proxy" "main" {
  name             = "main"
  url_map          = google_compute_url_map.main.id
  ssl_certificates = [google_compute_managed_ssl_certificate.main.id]
}

resource "google_compute_global_forwarding_rule" "main" {
  name                  = "main"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = data.google_compute_global_address.edge.address
  port_range            = "443"
  target                = google_compute_target_https_proxy.main.id
}
