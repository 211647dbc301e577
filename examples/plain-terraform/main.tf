# A load balancer in plain Terraform, with one mistake that nothing reports.
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

variable "domain" {
  type    = string
  default = "example.com"
}

resource "google_cloud_run_v2_service" "app" {
  for_each             = toset(["api", "web"])
  name                 = each.key
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    timeout = "3600s"
    containers { image = "us-docker.pkg.dev/example/shop/${each.key}:v1" }
  }
}

resource "google_compute_region_network_endpoint_group" "app" {
  for_each              = google_cloud_run_v2_service.app
  name                  = each.key
  region                = each.value.location
  network_endpoint_type = "SERVERLESS"
  cloud_run { service = each.value.name }
}

resource "google_compute_backend_service" "app" {
  for_each              = google_compute_region_network_endpoint_group.app
  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend { group = each.value.id }

  # Meant to pass the client's token on. No variable does that, and the header is overwritten with nothing.
  custom_request_headers = ["Authorization: {authorization}"]
}

resource "google_compute_url_map" "edge" {
  name            = "edge"
  default_service = google_compute_backend_service.app["web"].id
  host_rule {
    hosts        = ["api.${var.domain}"]
    path_matcher = "api"
  }
  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.app["web"].id
    path_rule {
      paths   = ["/ws", "/ws/*"]
      service = google_compute_backend_service.app["api"].id
    }
  }
}
