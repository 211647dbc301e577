resource "google_compute_url_map" "actions" {
  name            = "actions"
  default_service = google_compute_backend_service.api.id

  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.api.id

    route_rules {
      priority = 10
      service  = google_compute_backend_service.api.id
      match_rules {
        prefix_match = "/patient/"
      }
      route_action {
        timeout {
          seconds = 120
        }
        retry_policy {
          num_retries      = 3
          retry_conditions = ["5xx", "connect-failure"]
          per_try_timeout {
            seconds = 30
          }
        }
      }
    }

    # A drill: nothing gets through.
    route_rules {
      priority = 20
      service  = google_compute_backend_service.api.id
      match_rules {
        prefix_match = "/drill/"
      }
      route_action {
        fault_injection_policy {
          abort {
            http_status = 503
            percentage  = 100
          }
        }
      }
    }

    # The drill is over, the block stayed.
    route_rules {
      priority = 30
      service  = google_compute_backend_service.api.id
      match_rules {
        prefix_match = "/drilled/"
      }
      route_action {
        fault_injection_policy {
          abort {
            http_status = 503
            percentage  = 0
          }
          delay {
            percentage = 100
            fixed_delay {
              seconds = "2"
              nanos   = 500000000
            }
          }
        }
      }
    }

    route_rules {
      priority = 40
      service  = google_compute_backend_service.api.id
      match_rules {
        prefix_match = "/mirrored/"
      }
      route_action {
        request_mirror_policy {
          backend_service = google_compute_backend_service.shadow.id
        }
      }
    }

    route_rules {
      priority = 50
      service  = google_compute_backend_service.api.id
      match_rules {
        prefix_match = "/cors/"
      }
      route_action {
        cors_policy {
          allow_origins     = ["https://app.example.com"]
          allow_methods     = ["GET", "POST"]
          allow_headers     = ["authorization", "content-type"]
          allow_credentials = true
          max_age           = 600
        }
      }
      header_action {
        request_headers_to_remove = ["X-Requested-With"]
      }
    }

    route_rules {
      priority = 60
      service  = google_compute_backend_service.api.id
      match_rules {
        prefix_match = "/half/"
      }
      route_action {
        fault_injection_policy {
          abort {
            http_status = 500
            percentage  = 50
          }
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "actions" {
  name = "actions"
  managed {
    domains = ["api.example.com"]
  }
}

resource "google_compute_target_https_proxy" "actions" {
  name             = "actions"
  url_map          = google_compute_url_map.actions.id
  ssl_certificates = [google_compute_managed_ssl_certificate.actions.id]
}

resource "google_compute_global_forwarding_rule" "actions" {
  name                  = "actions"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.actions.id
}
