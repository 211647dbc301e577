terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = var.project
  region  = "us-central1"
}

variable "project" {
  type    = string
  default = "example-cdn"
}

variable "enable_cdn" {
  type    = bool
  default = true
}

resource "google_storage_bucket" "assets" {
  name                        = "${var.project}-assets"
  location                    = "US"
  uniform_bucket_level_access = true
}

resource "google_compute_backend_bucket" "assets" {
  name        = "assets"
  bucket_name = google_storage_bucket.assets.name
  enable_cdn  = var.enable_cdn
  cdn_policy {
    cache_mode  = "CACHE_ALL_STATIC"
    default_ttl = 3600
    client_ttl  = 3600
    max_ttl     = 86400
  }
}

resource "google_cloud_run_v2_service" "web" {
  name                 = "web"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/${var.project}/apps/web:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "web" {
  name                  = "web"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.web.name
  }
}

resource "google_compute_backend_service" "cached" {
  name                  = "cached"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  enable_cdn            = var.enable_cdn
  cdn_policy {
    cache_mode = "USE_ORIGIN_HEADERS"
    bypass_cache_on_request_headers {
      header_name = "X-Preview"
    }
  }
  backend {
    group = google_compute_region_network_endpoint_group.web.id
  }
}

resource "google_compute_backend_service" "uncached" {
  name                  = "uncached"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  enable_cdn            = !var.enable_cdn
  backend {
    group = google_compute_region_network_endpoint_group.web.id
  }
}

resource "google_compute_url_map" "web" {
  name            = "web"
  default_service = google_compute_backend_service.cached.id

  host_rule {
    hosts        = ["www.example.com"]
    path_matcher = "web"
  }

  path_matcher {
    name            = "web"
    default_service = google_compute_backend_service.cached.id

    path_rule {
      paths   = ["/assets/*"]
      service = google_compute_backend_bucket.assets.id
    }
    path_rule {
      paths   = ["/ws", "/ws/*", "/api/*"]
      service = google_compute_backend_service.uncached.id
    }
  }
}

resource "google_compute_managed_ssl_certificate" "web" {
  name = "web"
  managed {
    domains = ["www.example.com"]
  }
}

resource "google_compute_target_https_proxy" "web" {
  name             = "web"
  url_map          = google_compute_url_map.web.id
  ssl_certificates = [google_compute_managed_ssl_certificate.web.id]
}

resource "google_compute_global_forwarding_rule" "web" {
  name                  = "web"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.web.id
}
