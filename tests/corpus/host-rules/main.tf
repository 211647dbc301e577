# One edge for the company's names: exact hosts, families of hosts, and everything else.
terraform {
  required_version = ">= 1.6.0"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.20, < 7.0"
    }
  }
}

provider "google" {
  project = "example-web"
  region  = local.region
}

locals {
  region = "europe-west1"

  # One Cloud Run service and one backend for each of these.
  apps = toset(["site", "tenants", "apis", "admin", "lost"])
}

resource "google_cloud_run_v2_service" "app" {
  for_each = local.apps

  name                 = each.key
  location             = local.region
  invoker_iam_disabled = true
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"

  template {
    containers {
      image = "europe-docker.pkg.dev/example-web/apps/${each.key}:stable"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "app" {
  for_each = local.apps

  name                  = "neg-${each.key}"
  region                = local.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.app[each.key].name
  }
}

resource "google_compute_backend_service" "app" {
  for_each = local.apps

  name                  = "be-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.app[each.key].self_link
  }
}
