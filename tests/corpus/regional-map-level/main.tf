terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.2"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
}

variable "project" {
  type    = string
  default = "example-level"
}

variable "region" {
  type    = string
  default = "europe-west4"
}

variable "edge_key" {
  type        = string
  sensitive   = true
  description = "Tells services that a request came through the edge."
  default     = "unset"
}

resource "google_cloud_run_v2_service" "rooms" {
  name     = "rooms"
  location = var.region
  ingress  = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  template {
    timeout = "1800s"
    containers {
      image = "europe-docker.pkg.dev/${var.project}/apps/rooms:7"
    }
  }
}

resource "google_cloud_run_v2_service" "api" {
  name     = "api"
  location = var.region
  ingress  = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  template {
    containers {
      image = "europe-docker.pkg.dev/${var.project}/apps/api:7"
    }
  }
}

# The services check tokens themselves.
resource "google_cloud_run_v2_service_iam_member" "public" {
  for_each = {
    rooms = google_cloud_run_v2_service.rooms.name
    api   = google_cloud_run_v2_service.api.name
  }
  location = var.region
  name     = each.value
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_compute_region_network_endpoint_group" "rooms" {
  name                  = "rooms"
  region                = var.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.rooms.name
  }
}

resource "google_compute_region_network_endpoint_group" "api" {
  name                  = "api"
  region                = var.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.api.name
  }
}

resource "google_compute_region_backend_service" "rooms" {
  name                  = "rooms"
  region                = var.region
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  backend {
    group           = google_compute_region_network_endpoint_group.rooms.id
    balancing_mode  = "UTILIZATION"
    capacity_scaler = 1.0
  }
}

resource "google_compute_region_backend_service" "api" {
  name                  = "api"
  region                = var.region
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  backend {
    group           = google_compute_region_network_endpoint_group.api.id
    balancing_mode  = "UTILIZATION"
    capacity_scaler = 1.0
  }
}
