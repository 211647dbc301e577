terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-listeners"
  region  = "us-central1"
}

variable "hosts" {
  description = "Public names by what answers them."
  type = object({
    api  = string
    app  = string
    auth = string
  })
  default = {
    api  = "api.example.com"
    app  = "app.example.com"
    auth = "auth.example.com"
  }
}

resource "google_cloud_run_v2_service" "api" {
  name                 = "api"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-listeners/apps/api:1"
    }
  }
}

resource "google_cloud_run_v2_service" "app" {
  name                 = "app"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-listeners/apps/app:1"
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

resource "google_compute_region_network_endpoint_group" "app" {
  name                  = "app"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.app.name
  }
}

resource "google_compute_backend_service" "api" {
  name                  = "api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_backend_service" "app" {
  name                  = "app"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.app.id
  }
}

# The public map, on 443.
resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = google_compute_backend_service.app.id

  host_rule {
    hosts        = [var.hosts.api, var.hosts.auth]
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.api.id
  }
}

# Old devices speak plain HTTP; they get one path and nothing else.
resource "google_compute_url_map" "plain" {
  name            = "plain"
  default_service = google_compute_backend_service.app.id

  host_rule {
    hosts        = [var.hosts.api]
    path_matcher = "devices"
  }

  path_matcher {
    name = "devices"
    default_url_redirect {
      https_redirect         = true
      redirect_response_code = "FOUND"
      strip_query            = false
    }
    path_rule {
      paths   = ["/devices/*"]
      service = google_compute_backend_service.api.id
    }
  }

  header_action {
    request_headers_to_remove = ["Authorization"]
  }
}

resource "google_compute_managed_ssl_certificate" "api" {
  name = "api"
  managed {
    domains = [var.hosts.api]
  }
}

resource "google_compute_managed_ssl_certificate" "app" {
  name = "app"
  managed {
    # auth was forgotten. A final dot is how the zone file writes names.
    domains = [var.hosts.app, "www.example.com."]
  }
}

resource "google_compute_target_https_proxy" "main" {
  name    = "main"
  url_map = google_compute_url_map.main.id
  ssl_certificates = [
    google_compute_managed_ssl_certificate.api.id,
    google_compute_managed_ssl_certificate.app.id,
  ]
}

resource "google_compute_target_http_proxy" "plain" {
  name    = "plain"
  url_map = google_compute_url_map.plain.id
}

resource "google_compute_global_forwarding_rule" "https" {
  name                  = "https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.main.id
}

resource "google_compute_global_forwarding_rule" "http" {
  name                  = "http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "80"
  target                = google_compute_target_http_proxy.plain.id
}

resource "google_compute_global_forwarding_rule" "http_alt" {
  name                  = "http-alt"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "8080-8080"
  target                = google_compute_target_http_proxy.plain.id
}
