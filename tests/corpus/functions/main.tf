terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-functions"
  region  = "us-central1"
}

variable "tenants" {
  description = "Comma separated, as the form of the old tool gives it."
  type        = string
  default     = "Acme, globex ,Initech"
}

variable "settings" {
  description = "JSON from the settings service."
  type        = string
  default     = <<-JSON
    {
      "socket": { "path": "/ws", "headers": { "x-channel": "live" } },
      "blocked": ["X-Forwarded-User", "X-Remote-User"],
      "version": "v2.14.0"
    }
  JSON
}

locals {
  settings = jsondecode(var.settings)
  tenants  = [for name in split(",", var.tenants) : lower(trimspace(name))]

  # v2.14.0 => v2
  major = regex("^(v[0-9]+)\\.", local.settings.version)[0]

  hosts    = formatlist("%s.example.com", local.tenants)
  services = zipmap(local.tenants, [for name in local.tenants : format("svc-%s", name)])

  defaults = {
    "x-edge"    = join("/", ["edge", local.major])
    "x-channel" = "default"
  }
  headers = merge(local.defaults, try(local.settings.socket.headers, {}))

  flags = tomap({
    socket = "yes"
  })
  blocked = setunion(local.settings.blocked, ["X-Internal"])
  first   = element(sort(keys(local.services)), 0)
  last    = coalesce(var.primary, reverse(sort(values(local.services)))[0])

  # Only where the flag says yes.
  socket_paths = lookup(local.flags, "socket", "no") == "yes" ? [local.settings.socket.path, "${local.settings.socket.path}/"] : []
}

variable "primary" {
  type    = string
  default = null
}

resource "google_cloud_run_v2_service" "tenant" {
  for_each             = local.services
  name                 = each.value
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = tobool("true")
  template {
    containers {
      image = "us-docker.pkg.dev/example-functions/apps/tenant:${local.major}"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "tenant" {
  for_each              = local.services
  name                  = replace(each.value, "svc-", "neg-")
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.tenant[each.key].name
  }
}

resource "google_compute_backend_service" "tenant" {
  for_each              = local.services
  name                  = each.value
  load_balancing_scheme = "EXTERNAL_MANAGED"
  custom_request_headers = flatten([
    ["X-Tenant: ${each.key}"],
    each.key == local.first ? ["X-First: ${title(each.key)}"] : [],
  ])
  backend {
    group = google_compute_region_network_endpoint_group.tenant[each.key].id
  }
}
