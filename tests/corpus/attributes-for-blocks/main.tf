# Blocks written as attributes, as a module's input or another tool would have them: Terraform refuses that.
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-attributes"
  region  = "us-central1"
}

resource "google_cloud_run_v2_service" "api" {
  name                 = "api"
  location             = "us-central1"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-attributes/apps/api:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "api" {
  name                  = "api"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.api.name
  }
}

resource "google_compute_backend_service" "web" {
  name                  = "web"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_backend_service" "api" {
  name                  = "api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend = [{
    group = google_compute_region_network_endpoint_group.api.id
  }]
}

resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = google_compute_backend_service.web.id

  host_rule = [{
    hosts        = ["api.example.com"]
    path_matcher = "api"
  }]

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.web.id

    path_rule = [
      { paths = ["/ws", "/ws/*"], service = google_compute_backend_service.api.id },
    ]
    header_action = {
      request_headers_to_remove = ["X-Debug"]
    }
  }
}
