/*
 * Internal balancer of the reporting platform: versions of the API are told apart by the query.
 */
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0"
    }
  }
}

provider "google" {
  project = "example-reports"
  region  = "us-central1"
}

variable "beta_key" {
  type    = string
  default = "open-sesame"
}

locals {
  services = {
    stable = { image = "reports:12", timeout = "300s" }
    beta   = { image = "reports:13-rc1", timeout = "300s" }
    live   = { image = "live:4", timeout = "3600s" }
  }
}

resource "google_cloud_run_v2_service" "reports" {
  for_each             = local.services
  name                 = each.key
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    timeout = each.value.timeout
    containers {
      image = format("%s/%s", "us-docker.pkg.dev/example-reports/apps", each.value.image)
    }
  }
}

resource "google_compute_region_network_endpoint_group" "reports" {
  for_each              = local.services
  name                  = each.key
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.reports[each.key].name
  }
}

resource "google_compute_region_backend_service" "reports" {
  for_each              = local.services
  name                  = each.key
  region                = "us-central1"
  load_balancing_scheme = "INTERNAL_MANAGED"
  protocol              = "HTTPS"
  backend {
    group          = google_compute_region_network_endpoint_group.reports[each.key].id
    balancing_mode = "UTILIZATION"
  }
}

resource "google_compute_region_url_map" "reports" {
  name            = "reports"
  region          = "us-central1"
  default_service = google_compute_region_backend_service.reports["stable"].id

  host_rule {
    hosts        = ["reports.internal.example.com"]
    path_matcher = "reports"
  }

  path_matcher {
    name            = "reports"
    default_service = google_compute_region_backend_service.reports["stable"].id

    route_rules {
      priority = 10
      service  = google_compute_region_backend_service.reports["beta"].id
      match_rules {
        prefix_match = "/v2/"
        query_parameter_matches {
          name        = "beta"
          exact_match = var.beta_key
        }
      }
      header_action {
        request_headers_to_remove = ["Authorization"]
        request_headers_to_add {
          header_name  = "X-Report-Channel"
          header_value = "beta"
          replace      = true
        }
      }
    }

    route_rules {
      priority = 20
      service  = google_compute_region_backend_service.reports["live"].id
      match_rules {
        full_path_match = "/live"
        query_parameter_matches {
          name          = "token"
          present_match = true
        }
        query_parameter_matches {
          name        = "room"
          regex_match = "[0-9]+"
        }
      }
    }
  }
}

resource "google_compute_region_target_http_proxy" "reports" {
  name    = "reports"
  region  = "us-central1"
  url_map = google_compute_region_url_map.reports.id
}

resource "google_compute_network" "internal" {
  name                    = "internal"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "internal" {
  name          = "internal"
  region        = "us-central1"
  network       = google_compute_network.internal.id
  ip_cidr_range = "10.10.0.0/24"
}

resource "google_compute_forwarding_rule" "reports" {
  name                  = "reports"
  region                = "us-central1"
  load_balancing_scheme = "INTERNAL_MANAGED"
  network               = google_compute_network.internal.id
  subnetwork            = google_compute_subnetwork.internal.id
  ip_protocol           = "TCP"
  port_range            = "80"
  target                = google_compute_region_target_http_proxy.reports.id
}
