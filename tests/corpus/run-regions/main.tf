terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-world"
}

variable "regions" {
  type    = set(string)
  default = ["us-central1", "europe-west1", "asia-northeast1"]
}

variable "home_region" {
  type    = string
  default = "europe-west1"

  validation {
    condition     = length(var.home_region) > 0
    error_message = "Some region has to hold the accounts."
  }
}

resource "google_cloud_run_v2_service" "feed" {
  for_each             = var.regions
  name                 = "feed"
  location             = each.value
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    timeout = "3600s"
    containers {
      image = "us-docker.pkg.dev/example-world/apps/feed:1"
    }
  }
}

resource "google_cloud_run_v2_service" "accounts" {
  name                 = "accounts"
  location             = var.home_region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-world/apps/accounts:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "feed" {
  for_each              = google_cloud_run_v2_service.feed
  name                  = "feed"
  region                = each.value.location
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = each.value.name
  }
}

resource "google_compute_region_network_endpoint_group" "accounts" {
  name                  = "accounts"
  region                = var.home_region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.accounts.name
  }
}

resource "google_compute_backend_service" "feed" {
  name                  = "feed"
  load_balancing_scheme = "EXTERNAL_MANAGED"

  dynamic "backend" {
    for_each = google_compute_region_network_endpoint_group.feed
    content {
      group = backend.value.id
    }
  }
}

resource "google_compute_backend_service" "accounts" {
  name                  = "accounts"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.accounts.id
  }
}

resource "google_compute_url_map" "world" {
  name            = "world"
  default_service = google_compute_backend_service.feed.id

  header_action {
    request_headers_to_remove = ["X-Debug-User"]
  }

  host_rule {
    hosts        = ["world.example.com"]
    path_matcher = "world"
  }

  path_matcher {
    name            = "world"
    default_service = google_compute_backend_service.feed.id
    path_rule {
      paths   = ["/accounts", "/accounts/*"]
      service = google_compute_backend_service.accounts.id
    }
  }
}

resource "google_compute_managed_ssl_certificate" "world" {
  name = "world"
  managed {
    domains = ["world.example.com"]
  }
}

resource "google_compute_target_https_proxy" "world" {
  name             = "world"
  url_map          = google_compute_url_map.world.id
  ssl_certificates = [google_compute_managed_ssl_certificate.world.id]
}

resource "google_compute_global_address" "world" {
  for_each   = toset(["IPV4", "IPV6"])
  name       = "world-${lower(each.key)}"
  ip_version = each.key
}

resource "google_compute_global_forwarding_rule" "world" {
  for_each              = google_compute_global_address.world
  name                  = each.value.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = each.value.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.world.id
}
