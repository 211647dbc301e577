terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-vars"
  region  = "us-central1"
}

locals {
  services = toset(["web", "live"])
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

variable "hosts" {
  type = map(list(string))
}

variable "ws" {
  type = object({
    paths    = list(string)
    remove   = optional(set(string), ["X-From-Default"])
    add      = optional(map(string))
    priority = optional(number, 1)
  })
}

variable "note" {
  type    = string
  default = "default"
}

resource "google_compute_url_map" "vars" {
  name            = "vars"
  default_service = google_compute_backend_service.svc["web"].id

  dynamic "host_rule" {
    for_each = var.hosts
    content {
      hosts        = host_rule.value
      path_matcher = host_rule.key
    }
  }

  dynamic "path_matcher" {
    for_each = var.hosts
    content {
      name            = path_matcher.key
      default_service = google_compute_backend_service.svc["web"].id

      route_rules {
        priority = var.ws.priority
        service  = google_compute_backend_service.svc["live"].id
        dynamic "match_rules" {
          for_each = var.ws.paths
          iterator = path
          content {
            full_path_match = path.value
          }
        }
        header_action {
          request_headers_to_remove = var.ws.remove
          dynamic "request_headers_to_add" {
            for_each = var.ws.add == null ? {} : var.ws.add
            content {
              header_name  = request_headers_to_add.key
              header_value = "${request_headers_to_add.value} ${var.note}"
              replace      = true
            }
          }
        }
      }
    }
  }
}
