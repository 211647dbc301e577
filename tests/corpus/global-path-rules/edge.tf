resource "google_compute_url_map" "main" {
  name            = "${local.prefix}-map"
  default_service = google_compute_backend_service.site.id

  host_rule {
    hosts        = ["api.${var.domain}"]
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.api.id

    # Only what is below /ws: the bare path stays with the API.
    path_rule {
      paths   = ["/ws/*"]
      service = google_compute_backend_service.realtime.id
    }

    path_rule {
      paths   = ["/v1/*"]
      service = google_compute_backend_service.api.id
    }

    path_rule {
      paths   = ["/v1/reports", "/v1/reports/*"]
      service = google_compute_backend_service.reports.id
    }

    path_rule {
      paths   = ["/v1/reports/live"]
      service = google_compute_backend_service.realtime.id
    }
  }
}

resource "google_compute_managed_ssl_certificate" "edge" {
  name = "${local.prefix}-cert"

  managed {
    domains = ["api.${var.domain}", "www.${var.domain}"]
  }
}

resource "google_compute_target_https_proxy" "edge" {
  name             = "${local.prefix}-https"
  url_map          = google_compute_url_map.main.id
  ssl_certificates = [google_compute_managed_ssl_certificate.edge.id]
}

resource "google_compute_global_address" "edge" {
  name = "${local.prefix}-ip"
}

resource "google_compute_global_forwarding_rule" "https" {
  name                  = "${local.prefix}-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.edge.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge.id
}
