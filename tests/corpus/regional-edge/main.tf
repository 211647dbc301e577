terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.0"
    }
  }
}

provider "google" {
  project = "example-regional"
  region  = "us-central1"
}

locals {
  region = "europe-west4"
}

resource "google_cloud_run_v2_service" "svc" {
  for_each             = toset(["chat", "api", "web"])
  name                 = each.key
  location             = local.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "${local.region}-docker.pkg.dev/example-regional/apps/${each.key}:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "svc" {
  for_each              = google_cloud_run_v2_service.svc
  name                  = "neg-${each.key}"
  region                = local.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = each.value.name
  }
}

resource "google_compute_region_backend_service" "svc" {
  for_each              = google_compute_region_network_endpoint_group.svc
  name                  = each.key
  region                = local.region
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  backend {
    group           = each.value.id
    balancing_mode  = "UTILIZATION"
    capacity_scaler = 1.0
  }
}

resource "google_compute_region_url_map" "edge" {
  name            = "edge"
  region          = local.region
  default_service = google_compute_region_backend_service.svc["web"].id

  host_rule {
    hosts        = ["*.example.com"]
    path_matcher = "all"
  }

  host_rule {
    hosts        = ["*-admin.example.com"]
    path_matcher = "admin"
  }

  path_matcher {
    name = "admin"
    default_url_redirect {
      host_redirect          = "admin.example.net"
      prefix_redirect        = "/from"
      https_redirect         = true
      redirect_response_code = "TEMPORARY_REDIRECT"
      strip_query            = true
    }
  }

  path_matcher {
    name            = "all"
    default_service = google_compute_region_backend_service.svc["web"].id

    route_rules {
      priority = 30
      service  = google_compute_region_backend_service.svc["api"].id
      match_rules {
        regex_match = "/v[0-9]+/.*"
      }
    }

    route_rules {
      priority = 10
      match_rules {
        path_template_match = "/rooms/{id=*}/{rest=**}"
        header_matches {
          header_name = "Sec-WebSocket-Protocol"
          regex_match = ".*(^|, ?)jwt\\..+"
        }
      }
      match_rules {
        full_path_match = "/WS"
        ignore_case     = true
      }
      header_action {
        request_headers_to_add {
          header_name  = "X-Room"
          header_value = "yes"
          replace      = true
        }
        request_headers_to_remove = ["X-Internal"]
      }
      route_action {
        weighted_backend_services {
          backend_service = google_compute_region_backend_service.svc["chat"].id
          weight          = 95
        }
        weighted_backend_services {
          backend_service = google_compute_region_backend_service.svc["api"].id
          weight          = 5
          header_action {
            request_headers_to_remove = ["Authorization"]
          }
        }
      }
    }

    route_rules {
      priority = 20
      service  = google_compute_region_backend_service.svc["chat"].id
      match_rules {
        prefix_match = "/"
        query_parameter_matches {
          name        = "transport"
          exact_match = "websocket"
        }
        header_matches {
          header_name  = "X-Legacy"
          present_match = true
          invert_match = true
        }
      }
    }
  }
}

resource "google_compute_region_ssl_certificate" "edge" {
  name        = "edge"
  region      = local.region
  private_key = "unused"
  certificate = "unused"
}

resource "google_certificate_manager_certificate" "edge" {
  name     = "edge"
  location = local.region
  managed {
    domains = ["*.example.com", "example.com"]
  }
}

resource "google_compute_region_target_https_proxy" "edge" {
  name                             = "edge"
  region                           = local.region
  url_map                          = google_compute_region_url_map.edge.id
  certificate_manager_certificates = ["//certificatemanager.googleapis.com/${google_certificate_manager_certificate.edge.id}"]
}

resource "google_compute_forwarding_rule" "edge" {
  name                  = "edge"
  region                = local.region
  load_balancing_scheme = "EXTERNAL_MANAGED"
  network_tier          = "STANDARD"
  ip_protocol           = "TCP"
  port_range            = "443"
  target                = google_compute_region_target_https_proxy.edge.id
}
