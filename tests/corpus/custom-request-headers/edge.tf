resource "google_compute_url_map" "main" {
  name            = "headers"
  default_service = google_compute_backend_service.plain.id

  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.plain.id

    route_rules {
      priority = 1
      service  = google_compute_backend_service.plain.id
      match_rules {
        prefix_match = "/named/"
      }
      # Wins over the name that the backend gives itself.
      header_action {
        request_headers_to_add {
          header_name  = "x-edge"
          header_value = "route"
          replace      = true
        }
      }
    }
    route_rules {
      priority = 2
      service  = google_compute_backend_service.legacy.id
      match_rules {
        prefix_match = "/legacy/"
      }
    }
    route_rules {
      priority = 3
      service  = google_compute_backend_service.believed.id
      match_rules {
        prefix_match = "/believed/"
      }
    }
    route_rules {
      priority = 4
      service  = google_compute_backend_service.anonymous.id
      match_rules {
        prefix_match = "/anonymous/"
      }
    }
    # The route takes the caller's credential away, and the backend brings its own.
    route_rules {
      priority = 5
      service  = google_compute_backend_service.legacy.id
      match_rules {
        prefix_match = "/swapped/"
      }
      header_action {
        request_headers_to_remove = ["Authorization"]
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "edge" {
  name = "headers"
  managed {
    domains = ["api.example.com"]
  }
}

resource "google_compute_target_https_proxy" "edge" {
  name             = "headers"
  url_map          = google_compute_url_map.main.id
  ssl_certificates = [google_compute_managed_ssl_certificate.edge.id]
}

resource "google_compute_global_forwarding_rule" "edge" {
  name                  = "headers"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge.id
}
