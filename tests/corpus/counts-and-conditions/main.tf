terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-${var.environment}"
  region  = local.region
}

locals {
  region   = var.environment == "prod" ? "us-central1" : "us-west1"
  is_prod  = var.environment == "prod"
  strip    = var.strip_debug_headers != null ? var.strip_debug_headers : local.is_prod
  host     = local.is_prod ? "api.example.com" : "api.${var.environment}.example.com"
  replicas = local.is_prod ? 2 : 1
}

resource "google_cloud_run_v2_service" "api" {
  count                = local.replicas
  name                 = "api-${count.index + 1}"
  location             = local.region
  ingress              = local.is_prod ? "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" : "INGRESS_TRAFFIC_ALL"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example/apps/api:${count.index}"
    }
  }
}

resource "google_cloud_run_v2_service" "canary" {
  count                = var.with_canary ? 1 : 0
  name                 = "canary"
  location             = local.region
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example/apps/api:next"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "api" {
  count                 = local.replicas
  name                  = "api-${count.index + 1}"
  region                = local.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.api[count.index].name
  }
}

resource "google_compute_region_network_endpoint_group" "canary" {
  count                 = var.with_canary ? 1 : 0
  name                  = "canary"
  region                = local.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.canary[0].name
  }
}

resource "google_compute_backend_service" "api" {
  count                 = local.replicas
  name                  = "api-${count.index + 1}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.api[count.index].id
  }
}

resource "google_compute_backend_service" "canary" {
  count                 = length(google_compute_region_network_endpoint_group.canary)
  name                  = "canary"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.canary[count.index].id
  }
}

resource "google_compute_url_map" "api" {
  name = "api"
  # The last one is the newest.
  default_service = element(google_compute_backend_service.api[*].id, length(google_compute_backend_service.api) - 1)

  dynamic "header_action" {
    for_each = local.strip ? [1] : []
    content {
      request_headers_to_remove = ["X-Debug", "X-Trace-All"]
    }
  }

  host_rule {
    hosts        = concat([local.host], var.extra_hosts)
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.api[0].id

    dynamic "path_rule" {
      for_each = google_compute_backend_service.canary[*].id
      content {
        paths   = ["/next/*"]
        service = path_rule.value
      }
    }

    path_rule {
      paths   = local.is_prod ? ["/ws", "/ws/*"] : ["/*"]
      service = try(google_compute_backend_service.api[1].id, google_compute_backend_service.api[0].id)
    }
  }
}

resource "google_compute_managed_ssl_certificate" "api" {
  name = "api"
  managed {
    domains = distinct(concat([local.host, "www.example.com"], var.extra_hosts))
  }
}

resource "google_compute_target_https_proxy" "api" {
  name             = "api"
  url_map          = google_compute_url_map.api.id
  ssl_certificates = google_compute_managed_ssl_certificate.api[*].id
}

resource "google_compute_global_forwarding_rule" "api" {
  count                 = local.is_prod || var.with_canary ? 1 : 0
  name                  = "api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.api.id
}
