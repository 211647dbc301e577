terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-armor"
  region  = "us-central1"
}

variable "offices" {
  description = "Where colleagues sit."
  type        = map(list(string))
  default = {
    berlin = ["198.51.100.0/28"]
    oslo   = ["192.0.2.16/29", "192.0.2.64/29"]
  }
}

locals {
  public_apps  = ["shop", "status"]
  private_apps = ["backoffice", "metrics"]
  apps         = concat(local.public_apps, local.private_apps)

  policies = {
    shop       = google_compute_security_policy.public.id
    status     = google_compute_security_policy.trial.self_link
    backoffice = google_compute_security_policy.offices.id
    metrics    = google_compute_security_policy.machines.id
  }
}

# Known trouble is kept out; everybody else is welcome.
resource "google_compute_security_policy" "public" {
  name = "public"

  rule {
    action   = "allow"
    priority = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  rule {
    action   = "deny(403)"
    priority = 1000
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["198.51.100.0/24", "203.0.113.7/32"]
      }
    }
  }

  # Health checks of partners stand before the list above.
  rule {
    action   = "allow"
    priority = 900
    match {
      expr {
        expression = "request.path == '/healthz'"
      }
    }
  }
}

resource "google_compute_security_policy" "trial" {
  name = "trial"

  rule {
    action   = "deny(403)"
    priority = 10
    preview  = true
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["198.51.100.0/24"]
      }
    }
  }

  rule {
    action   = "allow"
    priority = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_security_policy" "offices" {
  name = "offices"

  dynamic "rule" {
    for_each = { for index, city in sort(keys(var.offices)) : city => index }
    content {
      action      = "allow"
      priority    = 100 + rule.value
      description = title(rule.key)
      match {
        versioned_expr = "SRC_IPS_V1"
        config {
          src_ip_ranges = var.offices[rule.key]
        }
      }
    }
  }

  rule {
    action   = "deny(404)"
    priority = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_security_policy" "machines" {
  name = "machines"

  rule {
    action   = "deny(502)"
    priority = 5
    match {
      expr {
        expression = "!inIpRange(origin.ip, '10.0.0.0/8')"
      }
    }
  }

  rule {
    action   = "allow"
    priority = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_cloud_run_v2_service" "app" {
  for_each             = toset(local.apps)
  name                 = each.value
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-armor/apps/${each.value}:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "app" {
  for_each              = toset(local.apps)
  name                  = each.value
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.app[each.value].name
  }
}

resource "google_compute_backend_service" "app" {
  for_each              = toset(local.apps)
  name                  = each.value
  load_balancing_scheme = "EXTERNAL_MANAGED"
  security_policy       = local.policies[each.value]
  backend {
    group = google_compute_region_network_endpoint_group.app[each.value].id
  }
}

resource "google_compute_url_map" "armor" {
  name            = "armor"
  default_service = google_compute_backend_service.app["shop"].id

  dynamic "host_rule" {
    for_each = local.apps
    iterator = app
    content {
      hosts        = ["${app.value}.example.com"]
      path_matcher = app.value
    }
  }

  dynamic "path_matcher" {
    for_each = local.apps
    iterator = app
    content {
      name            = app.value
      default_service = google_compute_backend_service.app[app.value].id
    }
  }
}

resource "google_compute_managed_ssl_certificate" "armor" {
  name = "armor"
  managed {
    domains = formatlist("%s.example.com", local.apps)
  }
}

resource "google_compute_target_https_proxy" "armor" {
  name             = "armor"
  url_map          = google_compute_url_map.armor.id
  ssl_certificates = [google_compute_managed_ssl_certificate.armor.id]
}

resource "google_compute_global_forwarding_rule" "armor" {
  name                  = "armor"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.armor.id
}
