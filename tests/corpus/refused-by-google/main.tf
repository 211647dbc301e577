# Terraform takes all of this; Google does not.
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-refused"
  region  = "us-central1"
}

resource "google_cloud_run_v2_service" "api" {
  name                 = "api"
  location             = "us-central1"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-refused/apps/api:1"
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

resource "google_compute_backend_service" "api" {
  name                  = "api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

# "WebSockets need these."
resource "google_compute_backend_service" "upgrade" {
  name                  = "upgrade"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  custom_request_headers = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "X-Goog-Trusted: yes",
  ]
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_backend_service" "patient" {
  name                  = "patient"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  timeout_sec           = 3600
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = google_compute_backend_service.api.id

  host_rule {
    hosts        = ["star.example.com"]
    path_matcher = "star"
  }
  host_rule {
    hosts        = ["regex.example.com"]
    path_matcher = "regex"
  }
  host_rule {
    hosts        = ["upgrade.example.com"]
    path_matcher = "upgrade"
  }
  host_rule {
    hosts        = ["patient.example.com"]
    path_matcher = "patient"
  }

  path_matcher {
    name            = "star"
    default_service = google_compute_backend_service.api.id
    path_rule {
      paths   = ["/ws*"]
      service = google_compute_backend_service.api.id
    }
  }
  path_matcher {
    name            = "regex"
    default_service = google_compute_backend_service.api.id
    route_rules {
      priority = 1
      service  = google_compute_backend_service.api.id
      match_rules {
        regex_match = "/rooms/[0-9]+/ws"
      }
    }
  }
  path_matcher {
    name            = "upgrade"
    default_service = google_compute_backend_service.upgrade.id
  }
  path_matcher {
    name            = "patient"
    default_service = google_compute_backend_service.patient.id
  }
}
