resource "google_compute_url_map" "split" {
  name            = "split"
  default_service = google_compute_backend_service.app[0].id

  host_rule {
    hosts        = ["app.example.com"]
    path_matcher = "app"
  }

  path_matcher {
    name = "app"

    default_route_action {
      weighted_backend_services {
        backend_service = google_compute_backend_service.app[0].id
        weight          = 100 - var.canary_percent
      }
      weighted_backend_services {
        backend_service = google_compute_backend_service.app[1].id
        weight          = var.canary_percent
      }
    }

    # The canary must not see credentials yet, says the review.
    route_rules {
      priority = 1
      match_rules {
        prefix_match = "/ws"
      }
      route_action {
        weighted_backend_services {
          backend_service = google_compute_backend_service.app[0].id
          weight          = 50
        }
        weighted_backend_services {
          backend_service = google_compute_backend_service.app[1].id
          weight          = 50
          header_action {
            request_headers_to_remove = ["Authorization"]
          }
        }
      }
    }

    # Everything is on blue until the window opens.
    route_rules {
      priority = 2
      match_rules {
        prefix_match = "/frozen/"
      }
      route_action {
        weighted_backend_services {
          backend_service = google_compute_backend_service.app[0].id
          weight          = 1000
        }
        weighted_backend_services {
          backend_service = google_compute_backend_service.app[1].id
          weight          = 0
          header_action {
            request_headers_to_remove = ["Authorization"]
          }
        }
      }
    }

    route_rules {
      priority = 3
      match_rules {
        prefix_match = "/both/"
      }
      route_action {
        weighted_backend_services {
          backend_service = google_compute_backend_service.app[0].id
          weight          = 1
          header_action {
            request_headers_to_remove = ["X-Debug"]
          }
        }
        weighted_backend_services {
          backend_service = google_compute_backend_service.app[1].id
          weight          = 3
          header_action {
            request_headers_to_remove = ["X-Debug"]
          }
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "split" {
  name = "split"
  managed {
    domains = ["app.example.com", "www.example.com"]
  }
}

resource "google_compute_target_https_proxy" "split" {
  name             = "split"
  url_map          = google_compute_url_map.split.id
  ssl_certificates = [google_compute_managed_ssl_certificate.split.id]
}

resource "google_compute_global_forwarding_rule" "split" {
  name                  = "split"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.split.id
}
