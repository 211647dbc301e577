module "service" {
  source   = "../service"
  for_each = var.services

  name    = "${var.name}-${each.key}"
  timeout = each.value.timeout
}

resource "google_compute_url_map" "this" {
  name            = var.name
  default_service = module.service[var.default_service].backend_id

  host_rule {
    hosts        = ["app.${var.domain}"]
    path_matcher = "app"
  }

  path_matcher {
    name            = "app"
    default_service = module.service[var.default_service].backend_id

    dynamic "route_rules" {
      for_each = var.routes
      content {
        priority = route_rules.key + 1
        service  = module.service[route_rules.value.service].backend_id

        match_rules {
          prefix_match = route_rules.value.prefix
        }

        header_action {
          request_headers_to_remove = route_rules.value.remove

          dynamic "request_headers_to_add" {
            for_each = route_rules.value.headers
            content {
              header_name  = request_headers_to_add.key
              header_value = request_headers_to_add.value
              replace      = true
            }
          }
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "this" {
  name = var.name
  managed {
    domains = ["app.${var.domain}", "www.${var.domain}"]
  }
}

resource "google_compute_target_https_proxy" "this" {
  name             = var.name
  url_map          = google_compute_url_map.this.id
  ssl_certificates = [google_compute_managed_ssl_certificate.this.id]
}

resource "google_compute_global_address" "this" {
  name = var.name
}

resource "google_compute_global_forwarding_rule" "this" {
  name                  = var.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.this.id
}

output "address" {
  value = google_compute_global_address.this.address
}
