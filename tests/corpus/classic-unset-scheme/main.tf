# Made in 2020 and moved along since. The scheme was never written down.
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-old"
  region  = "us-central1"
}

resource "google_cloud_run_service" "shop" {
  name     = "shop"
  location = "us-central1"

  metadata {
    annotations = {
      "run.googleapis.com/ingress" = "internal-and-cloud-load-balancing"
    }
  }

  template {
    spec {
      container_concurrency = 80
      timeout_seconds       = 900
      containers {
        image = "gcr.io/example-old/shop:2020-11"
      }
    }
  }

  traffic {
    percent         = 100
    latest_revision = true
  }
}

resource "google_cloud_run_service" "chat" {
  name     = "chat"
  location = "us-central1"

  metadata {
    annotations = {
      "run.googleapis.com/ingress" = "internal-and-cloud-load-balancing"
    }
  }

  template {
    spec {
      timeout_seconds = 3600
      containers {
        image = "gcr.io/example-old/chat:2020-11"
      }
    }
  }
}

resource "google_cloud_run_service_iam_member" "shop_public" {
  service  = google_cloud_run_service.shop.name
  location = google_cloud_run_service.shop.location
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_service_iam_member" "chat_public" {
  service  = google_cloud_run_service.chat.name
  location = google_cloud_run_service.chat.location
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_compute_region_network_endpoint_group" "shop" {
  name                  = "shop"
  network_endpoint_type = "SERVERLESS"
  region                = "us-central1"
  cloud_run {
    service = google_cloud_run_service.shop.name
  }
}

resource "google_compute_region_network_endpoint_group" "chat" {
  name                  = "chat"
  network_endpoint_type = "SERVERLESS"
  region                = "us-central1"
  cloud_run {
    service = google_cloud_run_service.chat.name
  }
}

resource "google_compute_backend_service" "shop" {
  name = "shop"
  backend {
    group = google_compute_region_network_endpoint_group.shop.id
  }
  custom_request_headers = ["X-Client-Country: {client_region}", "X-Shop-Edge: classic"]
}

resource "google_compute_backend_service" "chat" {
  name = "chat"
  backend {
    group = google_compute_region_network_endpoint_group.chat.id
  }
}

resource "google_compute_url_map" "shop" {
  name            = "shop"
  default_service = google_compute_backend_service.shop.id

  host_rule {
    hosts        = ["shop.example.com"]
    path_matcher = "shop"
  }

  path_matcher {
    name            = "shop"
    default_service = google_compute_backend_service.shop.id

    path_rule {
      paths   = ["/chat", "/chat/*"]
      service = google_compute_backend_service.chat.id
    }
    path_rule {
      paths   = ["/support/*"]
      service = google_compute_backend_service.chat.id
      route_action {
        url_rewrite {
          path_prefix_rewrite = "/chat/"
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "shop" {
  name = "shop"
  managed {
    domains = ["shop.example.com"]
  }
}

resource "google_compute_target_https_proxy" "shop" {
  name             = "shop"
  url_map          = google_compute_url_map.shop.id
  ssl_certificates = [google_compute_managed_ssl_certificate.shop.id]
}

resource "google_compute_target_http_proxy" "shop" {
  name    = "shop"
  url_map = google_compute_url_map.shop.id
}

resource "google_compute_global_forwarding_rule" "shop_https" {
  name       = "shop-https"
  target     = google_compute_target_https_proxy.shop.id
  port_range = "443"
}

resource "google_compute_global_forwarding_rule" "shop_http_alt" {
  name       = "shop-http-alt"
  target     = google_compute_target_http_proxy.shop.id
  port_range = "8080"
}
