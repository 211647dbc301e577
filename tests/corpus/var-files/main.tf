terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
}

variable "project" {
  type = string
}

variable "region" {
  type    = string
  default = "us-central1"
}

variable "edge" {
  type = object({
    host           = string
    socket_path    = string
    remove_headers = list(string)
    identity = optional(object({
      header = string
      value  = string
    }))
  })
}

locals {
  api = { name = "api", image = "us-docker.pkg.dev/${var.project}/apps/api:1" }
}

resource "google_cloud_run_v2_service" "api" {
  name                 = local.api.name
  location             = var.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = local.api.image
    }
  }
}

resource "google_compute_region_network_endpoint_group" "api" {
  name                  = local.api["name"]
  region                = var.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.api.name
  }
}

resource "google_compute_backend_service" "api" {
  name                  = local.api.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_url_map" "edge" {
  name            = "edge"
  default_service = google_compute_backend_service.api.id

  host_rule {
    hosts        = [var.edge.host]
    path_matcher = "edge"
  }

  path_matcher {
    name            = "edge"
    default_service = google_compute_backend_service.api.id

    route_rules {
      priority = 1
      service  = google_compute_backend_service.api.id
      match_rules {
        full_path_match = var.edge.socket_path
      }
      match_rules {
        prefix_match = "${var.edge.socket_path}/"
      }
      header_action {
        request_headers_to_remove = var.edge.remove_headers

        dynamic "request_headers_to_add" {
          for_each = var.edge.identity[*]
          content {
            header_name  = request_headers_to_add.value.header
            header_value = request_headers_to_add.value.value
            replace      = true
          }
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "edge" {
  name = "edge"
  managed {
    domains = [var.edge.host]
  }
}

resource "google_compute_target_https_proxy" "edge" {
  name             = "edge"
  url_map          = google_compute_url_map.edge.id
  ssl_certificates = [google_compute_managed_ssl_certificate.edge.id]
}

resource "google_compute_global_forwarding_rule" "edge" {
  name                  = "edge"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge.id
}
