terraform {
  required_version = "~> 1.3"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.12"
    }
  }
}

provider "google" {
  project = var.project
}

variable "project" {
  default = "example-replace"
}

variable "environment" {
  type    = string
  default = "test"
  validation {
    condition     = contains(["test", "prod"], var.environment)
    error_message = "The environment is test or prod."
  }
}

locals {
  # Written long, read as one line.
  policy = trimspace(<<-EOT
    default-src 'self'
  EOT
  )
}

resource "google_cloud_run_v2_service" "app" {
  name                 = "app-${var.environment}"
  location             = "us-east4"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/${var.project}/apps/app:5"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "app" {
  name                  = "app"
  region                = "us-east4"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.app.name
  }
}

resource "google_compute_backend_service" "app" {
  name                  = "app"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.app.id
  }
}

resource "google_compute_url_map" "app" {
  name            = "app"
  default_service = google_compute_backend_service.app.id

  host_rule {
    hosts        = ["app.example.com"]
    path_matcher = "app"
  }

  path_matcher {
    name            = "app"
    default_service = google_compute_backend_service.app.id

    header_action {
      request_headers_to_add {
        header_name  = "X-Set"
        header_value = "${var.environment}-edge"
        replace      = true
      }
      request_headers_to_add {
        header_name  = "X-Region"
        header_value = "{client_region}"
        replace      = false
      }
      request_headers_to_add {
        header_name  = "X-Region-Set"
        header_value = "{client_region}"
        replace      = true
      }
      request_headers_to_add {
        header_name  = "X-Literal"
        header_value = "edge"
        replace      = false
      }
      request_headers_to_add {
        header_name  = "X-Policy"
        header_value = local.policy
        replace      = true
      }
    }

    route_rules {
      priority = 1
      service  = google_compute_backend_service.app.id
      match_rules {
        prefix_match = "/legacy/"
      }
      header_action {
        request_headers_to_add {
          header_name  = "AUTHORIZATION"
          header_value = "Basic bGVnYWN5OmxlZ2FjeQ=="
          replace      = false
        }
      }
    }

    route_rules {
      priority = 2
      service  = google_compute_backend_service.app.id
      match_rules {
        full_path_match = "/signed"
      }
      header_action {
        request_headers_to_add {
          header_name  = "authorization"
          header_value = "Basic c2lnbmVkOnNpZ25lZA=="
          replace      = var.environment != "prod"
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "app" {
  name = "app"
  managed {
    domains = ["app.example.com"]
  }
}

resource "google_compute_target_https_proxy" "app" {
  name             = "app"
  url_map          = google_compute_url_map.app.id
  ssl_certificates = [google_compute_managed_ssl_certificate.app.name]
}

resource "google_compute_global_forwarding_rule" "app" {
  name                  = "app"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.app.id
}
