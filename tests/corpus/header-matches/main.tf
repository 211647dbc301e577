terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.30"
    }
  }
}

provider "google" {
  project = "example-api"
  region  = "us-central1"
}

locals {
  backends = {
    for name in ["api", "canary", "status", "eu", "login", "builds", "debug", "upload"] : name => {
      cpu = name == "builds" ? "2" : "1"
    }
  }
}

resource "google_cloud_run_v2_service" "run" {
  for_each             = local.backends
  name                 = "api-${each.key}"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-api/run/${each.key}:2"
      resources {
        limits = { cpu = each.value.cpu, memory = "512Mi" }
      }
    }
  }
}

resource "google_compute_region_network_endpoint_group" "run" {
  for_each              = google_cloud_run_v2_service.run
  name                  = each.value.name
  region                = each.value.location
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = each.value.name
  }
}

resource "google_compute_backend_service" "run" {
  for_each              = google_compute_region_network_endpoint_group.run
  name                  = each.value.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = each.value.id
  }
}
