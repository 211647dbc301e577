terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-headers"
  region  = "us-central1"
}

variable "legacy_user" {
  type    = string
  default = "edge"
}

variable "legacy_password" {
  type    = string
  default = "swordfish"
}

locals {
  edge_name = "edge-1"
}

resource "google_cloud_run_v2_service" "api" {
  name                 = "api"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-headers/apps/api:3"
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

# What every request gets.
resource "google_compute_backend_service" "plain" {
  name                  = "plain"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  custom_request_headers = [
    "X-Client-Geo: {client_region},{client_city}",
    "X-Edge: ${local.edge_name}",
    "X-Original-Origin: {origin_request_header}",
    "X-Docs: https://docs.example.com/headers",
    "X-Braces: {{literal}}",
    "X-Trace-Vendor:   padded   ",
    "X-Trust: {jwt_subject}",
  ]
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

# The old system knows one user, and that is us.
resource "google_compute_backend_service" "legacy" {
  name                  = "legacy"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  custom_request_headers = [
    "Authorization: Basic ${base64encode("${var.legacy_user}:${var.legacy_password}")}",
  ]
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

# Somebody thought this passes the caller's token on.
resource "google_compute_backend_service" "believed" {
  name                   = "believed"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = ["Authorization: {authorization}"]
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_backend_service" "anonymous" {
  name                   = "anonymous"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = ["authorization:", "Cookie:"]
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}
