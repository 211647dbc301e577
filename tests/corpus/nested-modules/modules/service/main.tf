variable "name" {
  type = string
}

variable "timeout" {
  type = string
}

variable "location" {
  type    = string
  default = "us-central1"
}

resource "google_cloud_run_v2_service" "this" {
  name                 = var.name
  location             = var.location
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    timeout = var.timeout
    containers {
      image = "us-docker.pkg.dev/example-platform/apps/${var.name}:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "this" {
  name                  = var.name
  region                = google_cloud_run_v2_service.this.location
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.this.name
  }
}

resource "google_compute_backend_service" "this" {
  name                  = var.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.this.id
  }
}

output "backend_id" {
  value = google_compute_backend_service.this.id
}
