terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-redirects"
  region  = "us-central1"
}

locals {
  services = toset(["web"])
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

resource "google_compute_backend_service" "svc" {
  for_each              = local.services
  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.svc[each.key].id
  }
}

locals {
  canonical = "www.example.com"
  aliases   = ["example.com", "example.net", "*.example.org"]
  moved = {
    "/blog/*"   = { prefix = "/articles/" }
    "/pricing"  = { path = "/plans", code = "FOUND" }
    "/live/*"   = { host = "live.example.com", strip = true, code = "TEMPORARY_REDIRECT" }
    "/support*" = { path = "/help" }
  }
}

resource "google_compute_url_map" "site" {
  name            = "site"
  default_service = google_compute_backend_service.svc["web"].id

  host_rule {
    hosts        = local.aliases
    path_matcher = "aliases"
  }
  host_rule {
    hosts        = [local.canonical]
    path_matcher = "site"
  }

  path_matcher {
    name = "aliases"
    default_url_redirect {
      host_redirect          = local.canonical
      https_redirect         = true
      redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
      strip_query            = false
    }
  }

  path_matcher {
    name            = "site"
    default_service = google_compute_backend_service.svc["web"].id

    dynamic "path_rule" {
      for_each = { for path, to in local.moved : path => to if can(regex("^/[a-z]+(/\\*)?$", path)) }
      content {
        paths = [path_rule.key]
        url_redirect {
          host_redirect          = try(path_rule.value.host, null)
          path_redirect          = try(path_rule.value.path, null)
          prefix_redirect        = try(path_rule.value.prefix, null)
          redirect_response_code = try(path_rule.value.code, "MOVED_PERMANENTLY_DEFAULT")
          strip_query            = try(path_rule.value.strip, false)
        }
      }
    }
  }
}

resource "google_compute_url_map" "http" {
  name = "http"
  default_url_redirect {
    https_redirect = true
    strip_query    = false
  }
}

resource "google_compute_target_http_proxy" "http" {
  name    = "http"
  url_map = google_compute_url_map.http.name
}

resource "google_compute_target_https_proxy" "https" {
  name    = "https"
  url_map = google_compute_url_map.site.self_link
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.site.id}"
}

resource "google_certificate_manager_certificate_map" "site" {
  name = "site"
}

resource "google_certificate_manager_certificate" "site" {
  for_each = toset(["example.com", "example.net", "example.org"])
  name     = replace(each.value, ".", "-")
  managed {
    domains = [each.value, "*.${each.value}"]
  }
}

resource "google_certificate_manager_certificate_map_entry" "site" {
  for_each     = merge([for domain in keys(google_certificate_manager_certificate.site) : { (domain) = domain, "*.${domain}" = domain }]...)
  name         = replace(replace(each.key, "*", "any"), ".", "-")
  map          = google_certificate_manager_certificate_map.site.name
  hostname     = each.key
  certificates = [google_certificate_manager_certificate.site[each.value].id]
}

resource "google_compute_global_forwarding_rule" "this" {
  for_each = {
    http  = { port = 80, target = google_compute_target_http_proxy.http.id }
    https = { port = 443, target = google_compute_target_https_proxy.https.id }
  }
  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = each.value.port
  target                = each.value.target
}
