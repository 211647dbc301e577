variable "url_map" {
  type = object({ id = string, name = string })
}

variable "hosts" {
  type = list(string)
}

variable "session" {
  type      = string
  ephemeral = true
}

variable "redirect" {
  type    = bool
  default = true
}

resource "google_compute_managed_ssl_certificate" "host" {
  count = length(var.hosts)
  name  = replace(var.hosts[count.index], ".", "-")
  managed {
    domains = ["${element(var.hosts, count.index)}."]
  }
}

resource "google_compute_target_https_proxy" "this" {
  name             = var.url_map.name
  url_map          = var.url_map.id
  ssl_certificates = google_compute_managed_ssl_certificate.host.*.id
}

resource "google_compute_global_address" "this" {
  for_each   = toset(["IPV4", "IPV6"])
  name       = lower("${var.url_map.name}-${each.key}")
  ip_version = each.key
}

resource "google_compute_global_forwarding_rule" "this" {
  for_each              = google_compute_global_address.this
  name                  = each.value.name
  ip_address            = each.value.address
  ip_protocol           = "TCP"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = 443
  target                = google_compute_target_https_proxy.this.self_link
}

resource "google_compute_url_map" "redirect" {
  count = var.redirect ? 1 : 0
  name  = "redirect"
  default_url_redirect {
    https_redirect         = true
    strip_query            = false
    redirect_response_code = "PERMANENT_REDIRECT"
  }
}

resource "google_compute_target_http_proxy" "redirect" {
  count   = var.redirect ? 1 : 0
  name    = "redirect"
  url_map = one(google_compute_url_map.redirect[*].id)
}

resource "google_compute_global_forwarding_rule" "redirect" {
  for_each              = var.redirect ? google_compute_global_address.this : {}
  name                  = "redirect-${each.value.name}"
  ip_address            = each.value.id
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "80-80"
  target                = one(google_compute_target_http_proxy.redirect).id
}
