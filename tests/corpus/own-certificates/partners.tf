# Partners reach the same map on another port, by names of their own.
locals {
  partners = ["acme", "globex"]
}

resource "google_certificate_manager_certificate" "partner" {
  for_each = toset(local.partners)
  name     = each.value
  managed {
    domains = ["${each.value}.example.net"]
  }
}

resource "google_certificate_manager_certificate" "fallback" {
  name = "fallback"
  managed {
    domains = ["partners.example.net"]
  }
}

resource "google_certificate_manager_certificate_map" "partners" {
  name = "partners"
}

resource "google_certificate_manager_certificate_map_entry" "partner" {
  for_each     = google_certificate_manager_certificate.partner
  name         = each.key
  map          = google_certificate_manager_certificate_map.partners.name
  hostname     = "${each.key}.example.net"
  certificates = [each.value.id]
}

resource "google_certificate_manager_certificate_map_entry" "fallback" {
  name         = "fallback"
  map          = google_certificate_manager_certificate_map.partners.name
  matcher      = "PRIMARY"
  certificates = [google_certificate_manager_certificate.fallback.id]
}

resource "google_compute_target_https_proxy" "partners" {
  name            = "partners"
  url_map         = google_compute_url_map.bank.id
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.partners.id}"
}

resource "google_compute_global_forwarding_rule" "partners" {
  name                  = "partners"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "8443"
  target                = google_compute_target_https_proxy.partners.id
}
