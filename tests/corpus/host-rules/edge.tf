resource "google_compute_url_map" "names" {
  name            = "names"
  default_service = google_compute_backend_service.app["lost"].self_link

  host_rule {
    hosts        = ["*"]
    path_matcher = "everything-else"
  }
  host_rule {
    hosts        = ["*.example.com"]
    path_matcher = "tenants"
  }
  host_rule {
    hosts        = ["example.com", "www.example.com"]
    path_matcher = "site"
  }
  host_rule {
    hosts        = ["*-api.example.net"]
    path_matcher = "apis"
  }
  host_rule {
    hosts        = ["admin.example.org:8443"]
    path_matcher = "admin"
  }

  path_matcher {
    name            = "site"
    default_service = google_compute_backend_service.app["site"].self_link
  }
  path_matcher {
    name            = "tenants"
    default_service = google_compute_backend_service.app["tenants"].self_link

    # Support looks into tenants from outside and is not let in by a token.
    header_action {
      request_headers_to_remove = ["X-Support-Token"]
    }
  }
  path_matcher {
    name            = "apis"
    default_service = google_compute_backend_service.app["apis"].self_link
  }
  path_matcher {
    name            = "admin"
    default_service = google_compute_backend_service.app["admin"].self_link
  }
  path_matcher {
    name            = "everything-else"
    default_service = google_compute_backend_service.app["lost"].self_link
    header_action {
      request_headers_to_remove = ["Authorization", "Cookie"]
    }
  }
}

resource "google_certificate_manager_dns_authorization" "zone" {
  for_each = toset(["example.com", "example.net", "example.org"])
  name     = replace(each.value, ".", "-")
  domain   = each.value
}

resource "google_certificate_manager_certificate" "zone" {
  for_each = google_certificate_manager_dns_authorization.zone
  name     = replace(each.key, ".", "-")
  managed {
    domains            = [each.key, "*.${each.key}"]
    dns_authorizations = [each.value.id]
  }
}

resource "google_certificate_manager_certificate_map" "names" {
  name = "names"
}

resource "google_certificate_manager_certificate_map_entry" "apex" {
  for_each     = google_certificate_manager_certificate.zone
  name         = "apex-${replace(each.key, ".", "-")}"
  map          = google_certificate_manager_certificate_map.names.name
  hostname     = each.key
  certificates = [each.value.id]
}

resource "google_certificate_manager_certificate_map_entry" "wildcard" {
  for_each     = google_certificate_manager_certificate.zone
  name         = "wildcard-${replace(each.key, ".", "-")}"
  map          = google_certificate_manager_certificate_map.names.name
  hostname     = "*.${each.key}"
  certificates = [each.value.id]
}

resource "google_compute_target_https_proxy" "names" {
  name            = "names"
  url_map         = google_compute_url_map.names.id
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.names.id}"
}

resource "google_compute_target_http_proxy" "names" {
  name    = "names"
  url_map = google_compute_url_map.names.id
}

resource "google_compute_global_address" "names" {
  name = "names"
}

resource "google_compute_global_forwarding_rule" "names" {
  for_each = {
    https     = { port = 443, target = google_compute_target_https_proxy.names.id }
    https-alt = { port = 8443, target = google_compute_target_https_proxy.names.id }
    http      = { port = 80, target = google_compute_target_http_proxy.names.id }
  }

  name                  = "names-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.names.address
  port_range            = each.value.port
  target                = each.value.target
}
