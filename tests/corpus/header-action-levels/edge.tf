resource "google_compute_url_map" "main" {
  name            = "levels"
  default_service = google_compute_backend_service.api.id

  header_action {
    request_headers_to_remove = ["X-Wiped", "X-Rewritten"]

    request_headers_to_add {
      header_name  = "X-Map-Last"
      header_value = "map"
      replace      = true
    }
    request_headers_to_add {
      header_name  = "X-Rewritten"
      header_value = "map"
      replace      = true
    }
  }

  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "api"
  }
  host_rule {
    hosts        = ["files.example.com"]
    path_matcher = "files"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.api.id

    header_action {
      request_headers_to_add {
        header_name  = "X-Matcher-Last"
        header_value = "matcher"
        replace      = true
      }
      request_headers_to_add {
        header_name  = "X-Map-Last"
        header_value = "matcher"
        replace      = true
      }
    }

    route_rules {
      priority = 1
      match_rules {
        prefix_match = "/ws"
      }

      header_action {
        request_headers_to_add {
          header_name  = "X-Route-Last"
          header_value = "route"
          replace      = true
        }
        request_headers_to_add {
          header_name  = "X-Matcher-Last"
          header_value = "route"
          replace      = true
        }
        request_headers_to_add {
          header_name  = "X-Wiped"
          header_value = "route"
          replace      = true
        }
      }

      route_action {
        weighted_backend_services {
          backend_service = google_compute_backend_service.socket.id
          weight          = 100

          header_action {
            request_headers_to_remove = ["X-Weighted-Removes"]
            request_headers_to_add {
              header_name  = "X-Weighted-Only"
              header_value = "weighted"
              replace      = true
            }
            request_headers_to_add {
              header_name  = "X-Route-Last"
              header_value = "weighted"
              replace      = true
            }
          }
        }
      }
    }

    route_rules {
      priority = 2
      service  = google_compute_backend_service.api.id
      match_rules {
        prefix_match = "/login"
      }
      # The sign-in takes passwords, never tokens.
      header_action {
        request_headers_to_remove = [
          "Cookie",
          "Authorization",
        ]
      }
    }
  }

  path_matcher {
    name = "files"

    default_route_action {
      weighted_backend_services {
        backend_service = google_compute_backend_service.api.id
        weight          = 1000
        header_action {
          request_headers_to_remove = ["authorization"]
          request_headers_to_add {
            header_name  = "X-Map-Last"
            header_value = "weighted"
            replace      = true
          }
          request_headers_to_add {
            header_name  = "X-Weighted-Only"
            header_value = "files"
            replace      = true
          }
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "edge" {
  name = "levels"
  managed {
    domains = ["api.example.com", "files.example.com", "www.example.com"]
  }
}

resource "google_compute_target_https_proxy" "edge" {
  name             = "levels"
  url_map          = google_compute_url_map.main.id
  ssl_certificates = [google_compute_managed_ssl_certificate.edge.id]
}

resource "google_compute_global_forwarding_rule" "edge" {
  name                  = "levels"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge.id
}
