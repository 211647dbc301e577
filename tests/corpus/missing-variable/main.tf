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
  region  = "us-central1"
}

# Passed by the pipeline: TF_VAR_project.
variable "project" {
  type = string
}

variable "socket_backend" {
  description = "Which of the backends takes the sockets: blue or green."
  type        = string
}

variable "partner_host" {
  type = string
}

variable "image" {
  type = string
}

variable "edge_name" {
  type = string
}

resource "google_cloud_run_v2_service" "app" {
  for_each             = toset(["blue", "green"])
  name                 = each.key
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = var.image
    }
  }
}

resource "google_compute_region_network_endpoint_group" "app" {
  for_each              = google_cloud_run_v2_service.app
  name                  = each.key
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = each.value.name
  }
}

resource "google_compute_backend_service" "app" {
  for_each              = google_compute_region_network_endpoint_group.app
  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = each.value.id
  }
}

resource "google_compute_url_map" "main" {
  name            = var.edge_name
  default_service = google_compute_backend_service.app["blue"].id

  host_rule {
    hosts        = ["app.example.com"]
    path_matcher = "app"
  }

  path_matcher {
    name            = "app"
    default_service = google_compute_backend_service.app["blue"].id

    header_action {
      request_headers_to_add {
        header_name  = "X-Edge-Name"
        header_value = var.edge_name
        replace      = true
      }
    }

    path_rule {
      paths   = ["/ws", "/ws/*"]
      service = google_compute_backend_service.app[var.socket_backend].id
    }

    path_rule {
      paths   = ["/green/*"]
      service = google_compute_backend_service.app["green"].id
    }
  }

  host_rule {
    hosts        = [var.partner_host]
    path_matcher = "partner"
  }

  path_matcher {
    name            = "partner"
    default_service = google_compute_backend_service.app["green"].id
    header_action {
      request_headers_to_remove = ["Authorization"]
    }
  }
}

resource "google_compute_managed_ssl_certificate" "main" {
  name = "main"
  managed {
    domains = ["app.example.com", "www.example.com"]
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
  port_range            = "443"
  target                = google_compute_target_https_proxy.main.id
}
