terraform {
  required_version = ">= 1.10"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-refactor"
  region  = "us-central1"
}

variable "blue_green" {
  type    = string
  default = "green"
  validation {
    condition     = contains(["blue", "green"], var.blue_green)
    error_message = "blue or green"
  }
}

variable "maintenance_service" {
  type    = string
  default = null
}

variable "session" {
  type      = string
  default   = "s3cret"
  ephemeral = true
}

moved {
  from = google_cloud_run_v2_service.app
  to   = google_cloud_run_v2_service.app["blue"]
}

removed {
  from = google_compute_backend_service.attic
  lifecycle {
    destroy = false
  }
}

import {
  to = google_compute_url_map.main
  id = "projects/example-refactor/global/urlMaps/main"
}

check "health" {
  data "google_compute_global_address" "now" {
    name = "edge"
  }
  assert {
    condition     = data.google_compute_global_address.now.address != ""
    error_message = "no address"
  }
}

locals {
  colours  = toset(["blue", "green"])
  standby  = one(setsubtract(local.colours, [var.blue_green]))
  fallback = var.maintenance_service == null ? google_compute_backend_service.app[var.blue_green].id : null
  headers  = <<-EOT
    X-Colour: ${var.blue_green}
    X-Standby: ${local.standby}

    X-Note: a "quoted" %%{ literal } and $${dollar}
  EOT
}

resource "google_cloud_run_v2_service" "app" {
  for_each = local.colours
  name     = "app-${each.key}"
  location = "us-central1"
  template {
    containers {
      image = "us-docker.pkg.dev/example-refactor/apps/app:${each.key}"
    }
  }
  lifecycle {
    ignore_changes = [client, client_version, template[0].containers[0].image]
    precondition {
      condition     = length(each.key) > 1
      error_message = "no"
    }
  }
}

data "google_iam_policy" "noauth" {
  binding {
    role    = "roles/run.invoker"
    members = ["allUsers"]
  }
}

resource "google_cloud_run_v2_service_iam_policy" "noauth" {
  for_each    = google_cloud_run_v2_service.app
  name        = each.value.name
  location    = each.value.location
  policy_data = data.google_iam_policy.noauth.policy_data
}

resource "google_compute_region_network_endpoint_group" "app" {
  for_each              = local.colours
  name                  = "app-${each.value}"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.app[each.value].name
  }
}

resource "google_compute_backend_service" "app" {
  for_each               = local.colours
  name                   = "app-${each.value}"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = [for line in split("\n", chomp(local.headers)) : trimspace(line) if trimspace(line) != ""]
  backend {
    group = google_compute_region_network_endpoint_group.app[each.value].id
  }
}

resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = var.maintenance_service != null ? var.maintenance_service : local.fallback

  host_rule {
    hosts        = ["preview.example.com"]
    path_matcher = "preview"
  }

  path_matcher {
    name            = "preview"
    default_service = google_compute_backend_service.app[local.standby].id

    dynamic "path_rule" {
      for_each = [for path in ["/ws", "/ws/*"] : path if var.blue_green == "green"]
      content {
        paths   = [path_rule.value]
        service = google_compute_backend_service.app["green"].id
      }
    }

    # Only while nothing is switched on: the conditional has a branch of no blocks.
    dynamic "path_rule" {
      for_each = var.maintenance_service == null ? [] : [1]
      content {
        paths   = ["/*"]
        service = var.maintenance_service
      }
    }
  }
}

module "edge" {
  source  = "./modules/edge"
  url_map = google_compute_url_map.main
  hosts   = ["example.com", "preview.example.com"]
  session = var.session
}
