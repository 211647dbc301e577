# A load balancer with two mistakes, of which Terraform sees none.
resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = google_compute_backend_service.api.id

  header_action {
    request_headers_to_remove = [
      "X-Debug",
      "Authorization", # "the service has a token of its own"
    ]
  }
}

resource "google_compute_backend_service" "api" {
  name                  = "api"
  load_balancing_scheme = "EXTERNAL_MANAGED"

  custom_request_headers = [
    "X-Client-Region: {client_region}",
    "Authorization: Bearer of-the-edge",
  ]

  backend {
    group = google_compute_region_network_endpoint_group.api.id
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

resource "google_cloud_run_v2_service" "api" {
  name     = "api"
  location = "us-central1"
  ingress  = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"

  invoker_iam_disabled = true

  template {
    timeout = "3600s"

    containers {
      image = "us-docker.pkg.dev/example/app/api@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    }
  }
}
