resource "google_compute_url_map" "tenants" {
  name            = "tenants"
  default_service = one([for backend in google_compute_backend_service.tenant : backend.id if backend.name == local.last])

  header_action {
    request_headers_to_remove = local.blocked
  }

  dynamic "host_rule" {
    for_each = { for index, tenant in local.tenants : tenant => local.hosts[index] }
    content {
      hosts        = [host_rule.value]
      path_matcher = host_rule.key
    }
  }

  dynamic "path_matcher" {
    for_each = local.services
    content {
      name            = path_matcher.key
      default_service = google_compute_backend_service.tenant[path_matcher.key].id

      dynamic "route_rules" {
        for_each = length(local.socket_paths) > 0 ? [local.socket_paths] : []
        content {
          priority = index(keys(local.services), path_matcher.key) + 1
          service  = google_compute_backend_service.tenant[path_matcher.key].id

          dynamic "match_rules" {
            for_each = toset(route_rules.value)
            content {
              full_path_match = trimsuffix(match_rules.key, "/") == match_rules.key ? match_rules.key : null
              prefix_match    = endswith(match_rules.key, "/") ? match_rules.key : null
            }
          }

          header_action {
            dynamic "request_headers_to_add" {
              for_each = local.headers
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
}

resource "google_compute_managed_ssl_certificate" "tenants" {
  name = "tenants-${substr(md5(join(",", local.hosts)), 0, 8)}"
  managed {
    domains = sort(concat(local.hosts, ["%{for name in ["lost"]}${name}.example.com%{endfor}"]))
  }
}

resource "google_compute_target_https_proxy" "tenants" {
  name             = "tenants"
  url_map          = google_compute_url_map.tenants.id
  ssl_certificates = google_compute_managed_ssl_certificate.tenants[*].id
}

resource "google_compute_global_forwarding_rule" "tenants" {
  name                  = "tenants"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = tostring(max(80, 443))
  target                = google_compute_target_https_proxy.tenants.id
}
