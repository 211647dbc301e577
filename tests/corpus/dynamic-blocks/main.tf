terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-routes"
  region  = "us-central1"
}

locals {
  routes = jsondecode(file("${path.module}/routes.json"))

  services = toset([for route in local.routes : route.service])
  matchers = {
    for host in distinct(local.routes[*].host) :
    replace(host, "/[^a-z0-9]/", "-") => {
      host   = host
      routes = [for route in local.routes : route if route.host == host]
    }
  }
}

resource "google_cloud_run_v2_service" "service" {
  for_each             = local.services
  name                 = each.value
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-routes/apps/${each.value}:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "service" {
  for_each              = local.services
  name                  = each.value
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.service[each.value].name
  }
}

resource "google_compute_backend_service" "service" {
  for_each              = local.services
  name                  = each.value
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.service[each.value].id
  }
}

resource "google_compute_url_map" "routes" {
  name            = "routes"
  default_service = google_compute_backend_service.service["portal"].id

  dynamic "host_rule" {
    for_each = local.matchers
    content {
      hosts        = [host_rule.value.host]
      path_matcher = host_rule.key
    }
  }

  dynamic "path_matcher" {
    for_each = local.matchers
    iterator = matcher
    content {
      name            = matcher.key
      default_service = google_compute_backend_service.service["portal"].id

      dynamic "route_rules" {
        for_each = matcher.value.routes
        content {
          priority = route_rules.value.priority

          service = try(route_rules.value.redirect, null) == null ? google_compute_backend_service.service[route_rules.value.service].id : null

          dynamic "match_rules" {
            for_each = route_rules.value.prefixes
            iterator = prefix
            content {
              prefix_match = prefix.value
              dynamic "header_matches" {
                for_each = lookup(route_rules.value, "only_with", [])
                content {
                  header_name   = header_matches.value
                  present_match = true
                }
              }
            }
          }

          dynamic "url_redirect" {
            for_each = compact([try(route_rules.value.redirect, "")])
            content {
              host_redirect          = url_redirect.value
              redirect_response_code = "TEMPORARY_REDIRECT"
              strip_query            = true
            }
          }

          dynamic "header_action" {
            for_each = can(route_rules.value.set) ? [route_rules.value.set] : []
            content {
              dynamic "request_headers_to_add" {
                for_each = header_action.value
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
}

resource "google_compute_managed_ssl_certificate" "routes" {
  name = "routes"
  managed {
    domains = distinct(local.routes[*].host)
  }
}

resource "google_compute_target_https_proxy" "routes" {
  name             = "routes"
  url_map          = google_compute_url_map.routes.id
  ssl_certificates = [google_compute_managed_ssl_certificate.routes.id]
}

resource "google_compute_global_forwarding_rule" "routes" {
  name                  = "routes"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.routes.id
}
