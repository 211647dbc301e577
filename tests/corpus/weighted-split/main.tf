terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-split"
  region  = local.region
}

variable "canary_percent" {
  type        = number
  description = "Share of the canary; the rest stays."
  default     = 10

  validation {
    condition     = var.canary_percent >= 0 && var.canary_percent <= 100
    error_message = "A percentage is between 0 and 100."
  }
}

locals {
  region  = "us-central1"
  colours = ["blue", "green"]
}

resource "google_cloud_run_v2_service" "app" {
  count                = length(local.colours)
  name                 = "app-${local.colours[count.index]}"
  location             = local.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-split/apps/app:${local.colours[count.index]}"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "app" {
  count                 = length(local.colours)
  name                  = "app-${local.colours[count.index]}"
  region                = local.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.app[count.index].name
  }
}

resource "google_compute_backend_service" "app" {
  count                  = length(local.colours)
  name                   = "app-${local.colours[count.index]}"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = ["X-Colour: ${upper(local.colours[count.index])}"]
  backend {
    group = google_compute_region_network_endpoint_group.app[count.index].id
  }
}
