terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-remote"
  region  = "us-central1"
}

# The payments team publishes its backend as a module.
module "payments" {
  source  = "app.terraform.io/example/payments-backend/google"
  version = "~> 2.1"

  region = "us-central1"
}

# Names only; nothing on the way of a request.
module "labels" {
  source = "git::https://git.example.com/platform/labels.git?ref=v1.4.0"
  team   = "web"
}

resource "google_cloud_run_v2_service" "web" {
  name                 = "web"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  labels               = module.labels.labels
  template {
    containers {
      image = "us-docker.pkg.dev/example-remote/apps/web:1"
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

resource "google_compute_backend_service" "web" {
  name                  = "${module.labels.prefix}-web"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.web.id
  }
}

resource "google_compute_url_map" "main" {
  name            = "${module.labels.prefix}-map"
  default_service = google_compute_backend_service.web.id

  host_rule {
    hosts        = ["shop.example.com"]
    path_matcher = "shop"
  }

  path_matcher {
    name            = "shop"
    default_service = google_compute_backend_service.web.id

    path_rule {
      paths   = ["/pay", "/pay/*"]
      service = module.payments.backend_service_id
    }

    path_rule {
      paths   = ["/ws", "/ws/*"]
      service = google_compute_backend_service.web.id
    }
  }
}

resource "google_compute_managed_ssl_certificate" "shop" {
  name = "${module.labels.prefix}-shop"
  managed {
    domains = ["shop.example.com"]
  }
}

resource "google_compute_target_https_proxy" "shop" {
  name             = "${module.labels.prefix}-shop"
  url_map          = google_compute_url_map.main.id
  ssl_certificates = [google_compute_managed_ssl_certificate.shop.id]
}

resource "google_compute_global_forwarding_rule" "shop" {
  name                  = "${module.labels.prefix}-shop"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.shop.id
}
