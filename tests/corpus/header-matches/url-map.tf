resource "google_compute_url_map" "api" {
  name            = "api"
  default_service = google_compute_backend_service.run["api"].id

  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "by-header"
  }

  path_matcher {
    name            = "by-header"
    default_service = google_compute_backend_service.run["api"].id

    # Testers pin themselves to the canary.
    route_rules {
      priority = 1
      service  = google_compute_backend_service.run["canary"].id
      match_rules {
        prefix_match = "/"
        header_matches {
          header_name = "X-Canary"
          exact_match = "always"
        }
      }
    }

    route_rules {
      priority = 2
      service  = google_compute_backend_service.run["status"].id
      match_rules {
        prefix_match = "/"
        header_matches {
          header_name  = "user-agent"
          prefix_match = "HealthBot/"
        }
      }
    }

    route_rules {
      priority = 3
      service  = google_compute_backend_service.run["eu"].id
      match_rules {
        prefix_match = "/"
        header_matches {
          header_name  = "x-tenant"
          suffix_match = "-eu"
        }
      }
    }

    # Whoever is not signed in gets the sign-in, also on the socket.
    route_rules {
      priority = 4
      service  = google_compute_backend_service.run["login"].id
      match_rules {
        prefix_match = "/private/"
        header_matches {
          header_name   = "authorization"
          present_match = true
          invert_match  = true
        }
      }
    }

    route_rules {
      priority = 5
      service  = google_compute_backend_service.run["builds"].id
      match_rules {
        prefix_match = "/builds"
        header_matches {
          header_name = "x-build"
          range_match {
            range_start = 100
            range_end   = 200
          }
        }
      }
    }

    route_rules {
      priority = 6
      service  = google_compute_backend_service.run["debug"].id
      match_rules {
        prefix_match = "/"
        header_matches {
          header_name = "x-debug"
          exact_match = "1"
        }
        header_matches {
          header_name  = "x-role"
          prefix_match = "ops"
        }
      }
      match_rules {
        full_path_match = "/debug"
        header_matches {
          header_name   = "x-debug-token"
          present_match = true
        }
      }
    }

    route_rules {
      priority = 7
      service  = google_compute_backend_service.run["upload"].id
      match_rules {
        prefix_match = "/files/"
        header_matches {
          header_name  = ":method"
          exact_match  = "GET"
          invert_match = true
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "api" {
  name = "api"
  managed {
    domains = ["api.example.com"]
  }
}

resource "google_compute_target_https_proxy" "api" {
  name             = "api"
  url_map          = google_compute_url_map.api.id
  ssl_certificates = [google_compute_managed_ssl_certificate.api.id]
}

resource "google_compute_global_forwarding_rule" "api" {
  name                  = "api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = 443
  target                = google_compute_target_https_proxy.api.id
}
