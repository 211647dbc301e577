terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-ladder"
  region  = "us-central1"
}

locals {
  services = toset(["a", "b", "c", "d", "e", "f"])
}

resource "google_cloud_run_v2_service" "svc" {
  for_each             = local.services
  name                 = each.key
  location             = "us-central1"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example/apps/${each.key}:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "svc" {
  for_each              = local.services
  name                  = each.key
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.svc[each.key].name
  }
}

resource "google_compute_backend_service" "svc" {
  for_each              = local.services
  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.svc[each.key].id
  }
}

locals {
  # In order of precedence.
  ladder = [
    { to = "a", name = ":method", exact = "DELETE" },
    { to = "b", name = "Cookie", prefix = "beta=1" },
    { to = "c", name = "User-Agent", suffix = "-bot" },
    { to = "d", name = "X-Api-Version", range = [2, 4] },
    { to = "e", name = "authorization", present = true },
  ]
}

resource "google_compute_url_map" "ladder" {
  name            = "ladder"
  default_service = google_compute_backend_service.svc["f"].id

  host_rule {
    hosts        = ["*"]
    path_matcher = "ladder"
  }

  path_matcher {
    name            = "ladder"
    default_service = google_compute_backend_service.svc["f"].id

    dynamic "route_rules" {
      for_each = local.ladder
      content {
        priority = (route_rules.key + 1) * 10
        service  = google_compute_backend_service.svc[route_rules.value.to].id
        match_rules {
          prefix_match = "/"
          header_matches {
            header_name   = route_rules.value.name
            exact_match   = lookup(route_rules.value, "exact", null)
            prefix_match  = lookup(route_rules.value, "prefix", null)
            suffix_match  = lookup(route_rules.value, "suffix", null)
            present_match = lookup(route_rules.value, "present", null)
            dynamic "range_match" {
              for_each = can(route_rules.value.range) ? [route_rules.value.range] : []
              content {
                range_start = range_match.value[0]
                range_end   = range_match.value[1]
              }
            }
          }
        }
      }
    }

    route_rules {
      priority = 1
      service  = google_compute_backend_service.svc["f"].id
      match_rules {
        full_path_match = "/ws"
        query_parameter_matches {
          name        = "token"
          regex_match = "^[a-z]+$"
        }
      }
    }
  }
}
