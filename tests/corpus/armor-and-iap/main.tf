terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-guard"
  region  = "us-central1"
}

locals {
  services = toset(["shop", "admin"])
}

resource "google_cloud_run_v2_service" "svc" {
  for_each             = local.services
  name                 = each.key
  location             = "us-central1"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example/apps/${each.key}:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "svc" {
  for_each              = local.services
  name                  = each.key
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.svc[each.key].name
  }
}

variable "iap_secret" {
  type      = string
  sensitive = true
}

variable "backends" {
  type = map(object({
    policy = optional(string)
    iap    = optional(bool, false)
    headers = optional(map(string), {})
  }))
  default = {
    shop  = { policy = "public", headers = { X-Guard = "shop" } }
    admin = { policy = "offices", iap = true }
  }
}

locals {
  rules = {
    public = [
      { expr = "has(request.headers['x-bot']) && request.headers['x-bot'].lower() == 'yes'", action = "deny(403)" },
      { expr = "request.path.startsWith('/ws') && !request.headers['sec-websocket-protocol'].contains('jwt.')", action = "deny(401)" },
      { expr = "request.method == 'PURGE' || request.path.matches('(?i)^/(wp-admin|xmlrpc)')", action = "deny(404)" },
      { expr = "inIpRange(origin.ip, '203.0.113.0/24') && request.query.contains('debug=1')", action = "deny(502)" },
    ]
    offices = [
      { expr = "!(inIpRange(origin.ip, '198.51.100.0/24') || inIpRange(origin.ip, '2001:db8::/32'))", action = "deny(403)" },
    ]
  }
}

resource "google_compute_security_policy" "guard" {
  for_each = local.rules
  name     = each.key

  dynamic "rule" {
    for_each = { for index, rule in each.value : index => rule }
    content {
      priority = 100 + rule.key
      action   = startswith(rule.value.action, "deny(401") ? "deny(403)" : rule.value.action
      match {
        expr {
          expression = rule.value.expr
        }
      }
    }
  }

  rule {
    action   = "allow"
    priority = "2147483647"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_backend_service" "svc" {
  for_each               = var.backends
  name                   = each.key
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  security_policy        = each.value.policy == null ? null : google_compute_security_policy.guard[each.value.policy].id
  custom_request_headers = concat([for name, value in each.value.headers : "${name}: ${value}"], ["X-Country:{client_region}"])
  backend {
    group = google_compute_region_network_endpoint_group.svc[each.key].id
  }
  dynamic "iap" {
    for_each = each.value.iap ? [1] : []
    content {
      enabled              = true
      oauth2_client_id     = "client"
      oauth2_client_secret = var.iap_secret
    }
  }
}

resource "google_compute_url_map" "guard" {
  name            = "guard"
  default_service = google_compute_backend_service.svc["shop"].id
  host_rule {
    hosts        = ["admin.example.com"]
    path_matcher = "admin"
  }
  path_matcher {
    name            = "admin"
    default_service = google_compute_backend_service.svc["admin"].id
  }
}
