resource "google_compute_region_url_map" "edge" {
  name            = "edge"
  region          = var.region
  default_service = google_compute_region_backend_service.api.id

  host_rule {
    hosts        = ["rooms.example.com"]
    path_matcher = "rooms"
  }

  path_matcher {
    name            = "rooms"
    default_service = google_compute_region_backend_service.api.id

    route_rules {
      priority = 2
      match_rules {
        regex_match = "/rooms/[0-9]+/ws"
      }
      service = google_compute_region_backend_service.rooms.id
      header_action {
        request_headers_to_remove = ["X-Internal-User"]
        request_headers_to_add {
          header_name  = "X-Edge-Key"
          header_value = var.edge_key
          replace      = true
        }
      }
    }

    route_rules {
      priority = 1
      match_rules {
        prefix_match = "/machine/"
        header_matches {
          header_name = "Authorization"
          regex_match = "Bearer m-[a-z0-9]{4,}"
        }
      }
      service = google_compute_region_backend_service.rooms.id
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
  certificate_manager_certificates = ["//certificatemanager.googleapis.com/${google_certificate_manager_certificate.rooms.id}"]
}

resource "google_compute_network" "edge" {
  name                    = "edge"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "proxies" {
  name          = "proxies"
  region        = var.region
  network       = google_compute_network.edge.id
  ip_cidr_range = "10.129.0.0/23"
  purpose       = "REGIONAL_MANAGED_PROXY"
  role          = "ACTIVE"
}

resource "google_compute_address" "edge" {
  name         = "edge"
  region       = var.region
  network_tier = "STANDARD"
}

resource "google_compute_forwarding_rule" "https" {
  name                  = "edge-https"
  region                = var.region
  load_balancing_scheme = "EXTERNAL_MANAGED"
  network               = google_compute_network.edge.id
  network_tier          = "STANDARD"
  ip_address            = google_compute_address.edge.id
  ip_protocol           = "TCP"
  port_range            = "443"
  target                = google_compute_region_target_https_proxy.edge.id
  depends_on            = [google_compute_subnetwork.proxies]
}
