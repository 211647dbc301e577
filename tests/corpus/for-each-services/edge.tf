resource "google_compute_url_map" "edge" {
  name            = "edge"
  default_service = google_compute_backend_service.service["web"].id

  dynamic "host_rule" {
    for_each = local.by_host
    content {
      hosts        = [host_rule.key]
      path_matcher = replace(host_rule.key, ".", "-")
    }
  }

  dynamic "path_matcher" {
    for_each = local.by_host
    content {
      name            = replace(path_matcher.key, ".", "-")
      default_service = google_compute_backend_service.service[path_matcher.value[0]].id

      # One rule for each service of the host that asks for paths.
      dynamic "route_rules" {
        for_each = { for index, name in path_matcher.value : index => name if length(var.services[name].paths) > 0 }
        iterator = rule
        content {
          priority = 10 * (rule.key + 1)
          service  = google_compute_backend_service.service[rule.value].id

          dynamic "match_rules" {
            for_each = var.services[rule.value].paths
            content {
              prefix_match    = endswith(match_rules.value, "/*") ? trimsuffix(match_rules.value, "*") : null
              full_path_match = endswith(match_rules.value, "/*") ? null : match_rules.value
            }
          }

          dynamic "header_action" {
            for_each = length(var.services[rule.value].drop) > 0 ? [var.services[rule.value].drop] : []
            content {
              request_headers_to_remove = header_action.value
            }
          }
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "edge" {
  for_each = local.by_host
  name     = "cert-${replace(each.key, ".", "-")}"
  managed {
    domains = [each.key]
  }
}

resource "google_compute_target_https_proxy" "edge" {
  name             = "edge"
  url_map          = google_compute_url_map.edge.id
  ssl_certificates = [for certificate in google_compute_managed_ssl_certificate.edge : certificate.id]
}

resource "google_compute_global_forwarding_rule" "edge" {
  name                  = "edge"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge.id
}
