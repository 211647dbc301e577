terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-certs"
  region  = "us-central1"
}

variable "certificate_pem" {
  type        = string
  description = "Chain, from the vault; passed by the pipeline."
}

variable "private_key_pem" {
  type      = string
  sensitive = true
}

resource "google_cloud_run_v2_service" "bank" {
  name                 = "bank"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-certs/apps/bank:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "bank" {
  name                  = "bank"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.bank.name
  }
}

resource "google_compute_backend_service" "bank" {
  name                  = "bank"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.bank.id
  }
}

resource "google_compute_url_map" "bank" {
  name            = "bank"
  default_service = google_compute_backend_service.bank.id
}

# Bought once a year: its names stand in the file and nowhere else.
resource "google_compute_ssl_certificate" "bank" {
  name_prefix = "bank-"
  certificate = var.certificate_pem
  private_key = var.private_key_pem

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_target_https_proxy" "bank" {
  name             = "bank"
  url_map          = google_compute_url_map.bank.id
  ssl_certificates = [google_compute_ssl_certificate.bank.id]
}

resource "google_compute_global_forwarding_rule" "bank" {
  name                  = "bank"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.bank.id
}
