resource "google_compute_url_map" "idioms" {
  name            = "idioms"
  default_service = try(data.google_compute_backend_service.shared[0].id, google_compute_backend_service.service["web"].id)

  header_action {
    request_headers_to_remove = local.static.remove
    dynamic "request_headers_to_add" {
      for_each = merge(local.static.add, local.stamps)
      content {
        header_name  = request_headers_to_add.key
        header_value = request_headers_to_add.value
        replace      = true
      }
    }
  }

  dynamic "host_rule" {
    for_each = local.routed
    iterator = routed
    content {
      hosts        = routed.value.hosts
      path_matcher = "matcher-${routed.key}"
    }
  }

  dynamic "path_matcher" {
    for_each = local.routed
    iterator = routed
    content {
      name            = "matcher-${routed.key}"
      default_service = google_compute_backend_service.service["web"].id

      dynamic "header_action" {
        for_each = length(routed.value.headers) == 0 ? [] : [routed.value.headers]
        iterator = action
        content {
          dynamic "request_headers_to_add" {
            for_each = action.value
            iterator = added
            content {
              header_name  = "${added.key}-Of-${routed.key}"
              header_value = lookup(routed.value.headers, added.key, "none")
              replace      = true
            }
          }
        }
      }

      dynamic "path_rule" {
        for_each = length(routed.value.paths) > 0 ? { all = routed.value.paths } : {}
        content {
          paths   = path_rule.value
          service = google_compute_backend_service.service[routed.key].id
        }
      }
    }
  }

  host_rule {
    hosts        = ["canary.example.com"]
    path_matcher = "canary"
  }
  host_rule {
    hosts        = ["open.example.com"]
    path_matcher = "open"
  }

  path_matcher {
    name            = "canary"
    default_service = coalesce(one(google_compute_backend_service.legacy[*].id), google_compute_backend_service.service["web"].id)

    route_rules {
      priority = 1
      service  = one(google_compute_backend_service.canary[*].id)
      match_rules {
        prefix_match = "/one"
      }
      header_action {
        request_headers_to_add {
          header_name  = "X-Missing"
          header_value = lookup(local.merged, "X-Nowhere", "none")
          replace      = true
        }
        request_headers_to_add {
          header_name  = "X-Merged"
          header_value = lookup(local.merged, "X-Live", "none")
          replace      = true
        }
      }
    }
    route_rules {
      priority = 2
      service  = var.with_canary ? google_compute_backend_service.canary[0].id : google_compute_backend_service.service["web"].id
      match_rules {
        prefix_match = "/zero"
      }
      header_action {
        request_headers_to_add {
          header_name  = "X-Timeout"
          header_value = lookup(var.services, "live", null).limits.timeout
          replace      = true
        }
        request_headers_to_add {
          header_name  = "X-Default-Timeout"
          header_value = var.services["web"].limits.timeout
          replace      = true
        }
      }
    }
  }

  path_matcher {
    name            = "open"
    default_service = local.is_first ? google_compute_backend_service.service["ops"].id : google_compute_backend_service.service["ops"].id

    # Both results are the same to everything but X-Old.
    route_rules {
      priority = 1
      service  = google_compute_backend_service.service["live"].id
      match_rules {
        prefix_match = "/null-list"
      }
      header_action {
        request_headers_to_remove = local.is_first ? null : ["X-Old"]
      }
    }
    # Both come to nothing.
    route_rules {
      priority = 2
      service  = google_compute_backend_service.service["live"].id
      match_rules {
        prefix_match = "/null-or-empty"
      }
      header_action {
        request_headers_to_remove = local.is_first ? null : []
        request_headers_to_add {
          header_name  = "X-Seen"
          header_value = "yes"
          replace      = true
        }
      }
    }
    route_rules {
      priority = 3
      service  = local.is_first ? google_compute_backend_service.service["live"].id : google_compute_backend_service.service["web"].id
      match_rules {
        prefix_match = "/either"
      }
    }
    route_rules {
      priority = 4
      service  = google_compute_backend_service.service["live"].id
      match_rules {
        prefix_match = "/hint"
      }
      header_action {
        request_headers_to_add {
          header_name  = "X-Hint"
          header_value = try(data.google_project.this.labels["hint"], "none")
          replace      = true
        }
        request_headers_to_add {
          header_name  = "X-Shared"
          header_value = try(data.google_compute_backend_service.shared[0].name, "nobody")
          replace      = true
        }
      }
    }
    route_rules {
      priority = 5
      service  = google_compute_backend_service.service["live"].id
      match_rules {
        prefix_match = "/rewritten"
      }
      route_action {
        url_rewrite {
          path_prefix_rewrite = local.is_first ? null : "/rewritten"
        }
      }
    }
  }
}
