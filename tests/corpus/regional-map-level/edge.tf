# Header actions of the whole map exist for regional maps since provider 7.2.
resource "google_compute_region_url_map" "edge" {
  name            = "edge"
  region          = var.region
  default_service = google_compute_region_backend_service.api.id

  header_action {
    request_headers_to_remove = ["X-Internal-User"]
    request_headers_to_add {
      header_name  = "X-Edge"
      header_value = "map"
      replace      = true
    }
  }

  host_rule {
    hosts        = ["rooms.example.com"]
    path_matcher = "rooms"
  }

  path_matcher {
    name            = "rooms"
    default_service = google_compute_region_backend_service.api.id

    route_rules {
      priority = 1
      match_rules {
        prefix_match = "/ws"
      }
      service = google_compute_region_backend_service.rooms.id
      header_action {
        request_headers_to_add {
          header_name  = "X-Internal-User"
          header_value = "room"
          replace      = true
        }
        request_headers_to_add {
          header_name  = "X-Edge"
          header_value = "route"
          replace      = true
        }
      }
    }
  }
}

resource "google_certificate_manager_certificate" "rooms" {
  name     = "rooms"
  location = var.region
  managed {
    domains = ["rooms.example.com", "api.example.com"]
  }
}

resource "google_compute_region_target_https_proxy" "edge" {
  name                             = "edge"
  region                           = var.region
  url_map                          = google_compute_region_url_map.edge.id
  certificate_manager_certificates = [google_certificate_manager_certificate.rooms.id]
}

resource "google_compute_forwarding_rule" "https" {
  name                  = "edge-https"
  region                = var.region
  load_balancing_scheme = "EXTERNAL_MANAGED"
  network               = "default"
  port_range            = "443"
  target                = google_compute_region_target_https_proxy.edge.id
}
