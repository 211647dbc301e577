terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-iap"
  region  = "us-central1"
}

data "google_project" "this" {}

locals {
  members = ["group:staff@example.com", "serviceAccount:probe@example-iap.iam.gserviceaccount.com"]
}

resource "google_cloud_run_v2_service" "backoffice" {
  name     = "backoffice"
  location = "us-central1"
  ingress  = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"

  # IAP decides who comes in.
  invoker_iam_disabled = true

  template {
    containers {
      image = "us-docker.pkg.dev/example-iap/apps/backoffice:1"
      env {
        name  = "IAP_AUDIENCE_PROJECT"
        value = data.google_project.this.number
      }
    }
  }
}

resource "google_cloud_run_v2_service" "hooks" {
  name                 = "hooks"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-iap/apps/hooks:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "backoffice" {
  name                  = "backoffice"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.backoffice.name
  }
}

resource "google_compute_region_network_endpoint_group" "hooks" {
  name                  = "hooks"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.hooks.name
  }
}

resource "google_compute_backend_service" "backoffice" {
  name                  = "backoffice"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.backoffice.id
  }
  iap {
    enabled = true
  }
}

resource "google_compute_backend_service" "hooks" {
  name                  = "hooks"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.hooks.id
  }
  iap {
    enabled = false
  }
}

resource "google_iap_web_backend_service_iam_member" "staff" {
  for_each            = toset(local.members)
  web_backend_service = google_compute_backend_service.backoffice.name
  role                = "roles/iap.httpsResourceAccessor"
  member              = each.value
}

resource "google_compute_url_map" "iap" {
  name            = "iap"
  default_service = google_compute_backend_service.backoffice.id

  host_rule {
    hosts        = ["backoffice.example.com"]
    path_matcher = "backoffice"
  }

  path_matcher {
    name            = "backoffice"
    default_service = google_compute_backend_service.backoffice.id

    path_rule {
      paths   = ["/hooks/*"]
      service = google_compute_backend_service.hooks.id
    }
  }
}

resource "google_compute_managed_ssl_certificate" "iap" {
  name = "iap"
  managed {
    domains = ["backoffice.example.com"]
  }
}

resource "google_compute_target_https_proxy" "iap" {
  name             = "iap"
  url_map          = google_compute_url_map.iap.id
  ssl_certificates = [google_compute_managed_ssl_certificate.iap.id]
}

resource "google_compute_global_forwarding_rule" "iap" {
  name                  = "iap"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.iap.id
}
