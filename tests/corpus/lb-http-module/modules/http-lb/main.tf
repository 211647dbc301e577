locals {
  is_internal = var.load_balancing_scheme == "INTERNAL_SELF_MANAGED"
  external    = length(google_compute_global_address.default) > 0
  address     = var.create_address ? join("", google_compute_global_address.default[*].address) : var.address
  url_map     = var.create_url_map ? join("", google_compute_url_map.default[*].self_link) : var.url_map
  http_target = var.https_redirect ? join("", google_compute_url_map.https_redirect[*].self_link) : local.url_map
  create_http = var.http_forward || var.https_redirect
}

resource "google_compute_global_address" "default" {
  count = local.is_internal ? 0 : var.create_address ? 1 : 0
  name  = "${var.name}-address"
}

resource "google_compute_global_forwarding_rule" "http" {
  count                 = local.create_http ? 1 : 0
  name                  = var.name
  target                = google_compute_target_http_proxy.default[0].self_link
  ip_address            = local.address
  port_range            = "80"
  load_balancing_scheme = var.load_balancing_scheme
}

resource "google_compute_global_forwarding_rule" "https" {
  count                 = var.ssl ? 1 : 0
  name                  = "${var.name}-https"
  target                = google_compute_target_https_proxy.default[0].self_link
  ip_address            = local.address
  port_range            = "443"
  load_balancing_scheme = var.load_balancing_scheme
}

resource "google_compute_target_http_proxy" "default" {
  count   = local.create_http ? 1 : 0
  name    = "${var.name}-http-proxy"
  url_map = local.http_target
}

resource "google_compute_target_https_proxy" "default" {
  count            = var.ssl ? 1 : 0
  name             = "${var.name}-https-proxy"
  url_map          = local.url_map
  ssl_certificates = compact(concat(var.ssl_certificates, google_compute_managed_ssl_certificate.default[*].self_link))
}

resource "google_compute_managed_ssl_certificate" "default" {
  count = var.ssl && length(var.managed_ssl_certificate_domains) > 0 ? 1 : 0
  name  = "${var.name}-cert"

  lifecycle {
    create_before_destroy = true
  }

  managed {
    domains = var.managed_ssl_certificate_domains
  }
}

resource "google_compute_url_map" "default" {
  count           = var.create_url_map ? 1 : 0
  name            = "${var.name}-url-map"
  default_service = google_compute_backend_service.default[keys(var.backends)[0]].self_link

  dynamic "host_rule" {
    for_each = var.host_patterns
    content {
      hosts        = host_rule.value
      path_matcher = host_rule.key
    }
  }

  dynamic "path_matcher" {
    for_each = var.host_patterns
    content {
      name            = path_matcher.key
      default_service = google_compute_backend_service.default[path_matcher.key].self_link
    }
  }
}

resource "google_compute_url_map" "https_redirect" {
  count = var.https_redirect ? 1 : 0
  name  = "${var.name}-https-redirect"
  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_backend_service" "default" {
  for_each = var.backends

  name                  = "${var.name}-backend-${each.key}"
  load_balancing_scheme = var.load_balancing_scheme
  protocol              = each.value.protocol
  description           = lookup(each.value, "description", null)
  enable_cdn            = lookup(each.value, "enable_cdn", false)
  security_policy       = lookup(each.value, "security_policy") == "" ? null : (lookup(each.value, "security_policy") == null ? var.security_policy : each.value.security_policy)

  custom_request_headers = lookup(each.value, "custom_request_headers", [])

  dynamic "backend" {
    for_each = toset(each.value["groups"])
    content {
      group = lookup(backend.value, "group", null)
    }
  }

  dynamic "iap" {
    for_each = lookup(lookup(each.value, "iap_config", {}), "enable", false) ? [1] : []
    content {
      enabled              = true
      oauth2_client_id     = lookup(lookup(each.value, "iap_config", {}), "oauth2_client_id", "")
      oauth2_client_secret = lookup(lookup(each.value, "iap_config", {}), "oauth2_client_secret", "")
    }
  }
}
