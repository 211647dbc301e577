terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-override"
  region  = "us-central1"
}

variable "host" {
  type    = string
  default = "api.example.com"
}

locals {
  removed = []
  added   = "main"
}

resource "google_cloud_run_v2_service" "api" {
  name                 = "api"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-override/apps/api:1"
    }
  }
}

resource "google_cloud_run_v2_service" "web" {
  name                 = "web"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-override/apps/web:1"
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

resource "google_compute_region_network_endpoint_group" "web" {
  name                  = "web"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.web.name
  }
}

resource "google_compute_backend_service" "api" {
  name                   = "api"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = ["X-From: main"]
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_backend_service" "web" {
  name                  = "web"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.web.id
  }
}

resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = google_compute_backend_service.web.id

  host_rule {
    hosts        = [var.host]
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.api.id

    path_rule {
      paths   = ["/static/*"]
      service = google_compute_backend_service.web.id
    }
  }

  header_action {
    request_headers_to_remove = local.removed
    request_headers_to_add {
      header_name  = "X-Added"
      header_value = local.added
      replace      = true
    }
  }
}

resource "google_compute_managed_ssl_certificate" "main" {
  name = "main"
  managed {
    domains = [var.host, "www.example.com"]
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
