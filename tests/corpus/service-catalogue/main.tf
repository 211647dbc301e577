terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-catalogue"
  region  = "us-central1"
}

variable "env" {
  type    = string
  default = "staging"
}

locals {
  # One YAML file a service; those that start with an underscore are drafts.
  files = { for file in fileset("${path.module}/services", "*.yaml") : trimsuffix(file, ".yaml") => yamldecode(file("${path.module}/services/${file}")) if !startswith(file, "_") }

  domain = jsondecode(templatefile("${path.module}/templates/domain.json.tftpl", { env = var.env, zones = ["api", "live"] }))

  # service => host of each of its routes, flat, then grouped by host.
  routes = flatten([
    for name, service in local.files : [
      for route in try(service.routes, []) : {
        service  = name
        host     = local.domain.hosts[route.zone]
        path     = route.path
        priority = lookup(route, "priority", 100)
        strip    = lookup(route, "strip", [])
        rewrite  = try(route.rewrite, null)
      }
    ]
  ])
  by_host = { for route in local.routes : route.host => route... }
  default = one([for name, service in local.files : name if try(service.default, false)])
}

resource "google_cloud_run_v2_service" "svc" {
  for_each             = local.files
  name                 = "${each.key}-${var.env}"
  location             = coalesce(try(each.value.region, ""), "us-central1")
  invoker_iam_disabled = true
  template {
    timeout = "${try(each.value.timeout, 300)}s"
    containers {
      image = each.value.image
      dynamic "ports" {
        for_each = try([each.value.port], [])
        content {
          name           = ports.value.name
          container_port = ports.value.number
        }
      }
    }
  }
}

resource "google_compute_region_network_endpoint_group" "svc" {
  for_each              = google_cloud_run_v2_service.svc
  name                  = each.value.name
  region                = each.value.location
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = each.value.name
  }
}

resource "google_compute_backend_service" "svc" {
  for_each               = local.files
  name                   = each.key
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = [for name, value in try(each.value.headers, {}) : format("%s:%s", name, value)]
  backend {
    group = google_compute_region_network_endpoint_group.svc[each.key].self_link
  }
}

resource "google_compute_url_map" "this" {
  name            = "catalogue"
  default_service = google_compute_backend_service.svc[local.default].self_link

  dynamic "host_rule" {
    for_each = local.by_host
    iterator = host
    content {
      hosts        = [host.key]
      path_matcher = "m-${substr(sha1(host.key), 0, 8)}"
    }
  }

  dynamic "path_matcher" {
    for_each = local.by_host
    iterator = host
    content {
      name            = "m-${substr(sha1(host.key), 0, 8)}"
      default_service = google_compute_backend_service.svc[local.default].self_link

      dynamic "route_rules" {
        for_each = { for i, route in host.value : format("%05d", route.priority + i) => route }
        iterator = rule
        content {
          priority = tonumber(rule.key)
          service  = google_compute_backend_service.svc[rule.value.service].self_link
          match_rules {
            prefix_match    = strcontains(rule.value.path, "{") ? null : rule.value.path
            path_template_match = strcontains(rule.value.path, "{") ? rule.value.path : null
          }
          dynamic "header_action" {
            for_each = rule.value.strip[*] == [] ? [] : [1]
            content {
              request_headers_to_remove = rule.value.strip
            }
          }
          dynamic "route_action" {
            for_each = rule.value.rewrite[*]
            content {
              url_rewrite {
                path_prefix_rewrite = route_action.value
              }
            }
          }
        }
      }
    }
  }
}
