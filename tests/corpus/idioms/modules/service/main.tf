variable "name" {
  type = string
}

variable "timeout" {
  type = string
}

variable "public" {
  type = bool
}

locals {
  settings = jsondecode(file("${path.module}/settings.json"))
}

resource "google_cloud_run_v2_service" "this" {
  name                 = var.name
  location             = local.settings.region
  ingress              = var.public ? "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" : "INGRESS_TRAFFIC_INTERNAL_ONLY"
  invoker_iam_disabled = true
  template {
    timeout = var.timeout
    containers {
      image = "${local.settings.registry}/${var.name}:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "this" {
  name                  = var.name
  region                = local.settings.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.this.name
  }
}

output "group" {
  value = google_compute_region_network_endpoint_group.this.id
}

output "public" {
  value = var.public
}
