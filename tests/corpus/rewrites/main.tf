terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
}

provider "google" {
  project = "example-rewrite"
  region  = "us-central1"
}

locals {
  gateway_host = "gateway.internal.example.com"
}

resource "google_cloud_run_v2_service" "gateway" {
  name                 = "gateway"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    timeout = "3600s"
    containers {
      image = "us-docker.pkg.dev/example-rewrite/apps/gateway:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "gateway" {
  name                  = "gateway"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.gateway.name
  }
}

resource "google_compute_backend_service" "gateway" {
  name                  = "gateway"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.gateway.id
  }
}

resource "google_compute_url_map" "main" {
  name            = "rewrite"
  default_service = google_compute_backend_service.gateway.id

  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "routes"
  }
  host_rule {
    hosts        = ["static.example.com"]
    path_matcher = "paths"
  }

  path_matcher {
    name            = "routes"
    default_service = google_compute_backend_service.gateway.id

    route_rules {
      priority = 1
      service  = google_compute_backend_service.gateway.id
      match_rules {
        prefix_match = "/realtime/"
      }
      route_action {
        url_rewrite {
          path_prefix_rewrite = "/ws/"
        }
      }
    }
    route_rules {
      priority = 2
      service  = google_compute_backend_service.gateway.id
      match_rules {
        prefix_match = "/inner/"
      }
      route_action {
        url_rewrite {
          host_rewrite        = local.gateway_host
          path_prefix_rewrite = "/"
        }
      }
      header_action {
        request_headers_to_add {
          header_name  = "X-Public-Host"
          header_value = "api.example.com"
          replace      = true
        }
      }
    }
    route_rules {
      priority = 3
      service  = google_compute_backend_service.gateway.id
      match_rules {
        path_template_match = "/t/{tenant=*}/socket"
      }
      route_action {
        url_rewrite {
          path_template_rewrite = "/ws/{tenant}"
        }
      }
    }
  }

  path_matcher {
    name            = "paths"
    default_service = google_compute_backend_service.gateway.id

    path_rule {
      paths   = ["/assets/*"]
      service = google_compute_backend_service.gateway.id
      route_action {
        url_rewrite {
          host_rewrite = "assets.${local.gateway_host}"
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "edge" {
  name = "rewrite"
  managed {
    domains = ["api.example.com", "static.example.com"]
  }
}

resource "google_compute_target_https_proxy" "edge" {
  name             = "rewrite"
  url_map          = google_compute_url_map.main.id
  ssl_certificates = [google_compute_managed_ssl_certificate.edge.id]
}

resource "google_compute_global_forwarding_rule" "edge" {
  name                  = "rewrite"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge.id
}
