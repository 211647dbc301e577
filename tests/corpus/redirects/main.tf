terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0, < 8.0"
    }
  }
}

provider "google" {
  project = "example-www"
  region  = "us-central1"
}

resource "google_cloud_run_v2_service" "www" {
  name                 = "www"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-www/apps/www:9"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "www" {
  name                  = "www"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.www.name
  }
}

resource "google_compute_backend_service" "www" {
  name                  = "www"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = google_compute_region_network_endpoint_group.www.id
  }
}

# Port 80 knows one answer.
resource "google_compute_url_map" "to_https" {
  name = "to-https"
  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_url_map" "www" {
  name            = "www"
  default_service = google_compute_backend_service.www.id

  host_rule {
    hosts        = ["example.com"]
    path_matcher = "apex"
  }
  host_rule {
    hosts        = ["www.example.com"]
    path_matcher = "www"
  }
  host_rule {
    hosts        = ["docs.example.com"]
    path_matcher = "docs"
  }

  path_matcher {
    name = "apex"
    default_url_redirect {
      host_redirect          = "www.example.com"
      redirect_response_code = "PERMANENT_REDIRECT"
      strip_query            = true
    }
  }

  path_matcher {
    name            = "www"
    default_service = google_compute_backend_service.www.id

    path_rule {
      paths = ["/signin", "/signin/*"]
      url_redirect {
        path_redirect          = "/login"
        redirect_response_code = "FOUND"
        strip_query            = true
      }
    }
    path_rule {
      paths = ["/ws-old"]
      url_redirect {
        path_redirect          = "/ws"
        redirect_response_code = "TEMPORARY_REDIRECT"
        strip_query            = false
      }
    }
  }

  path_matcher {
    name            = "docs"
    default_service = google_compute_backend_service.www.id

    route_rules {
      priority = 1
      match_rules {
        prefix_match = "/v1/"
      }
      url_redirect {
        prefix_redirect        = "/v2/"
        redirect_response_code = "SEE_OTHER"
      }
    }
    route_rules {
      priority = 2
      service  = google_compute_backend_service.www.id
      match_rules {
        prefix_match = "/"
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "www" {
  name = "www"
  managed {
    domains = ["example.com", "www.example.com", "docs.example.com"]
  }
}

resource "google_compute_target_http_proxy" "www" {
  name    = "www"
  url_map = google_compute_url_map.to_https.id
}

resource "google_compute_target_https_proxy" "www" {
  name             = "www"
  url_map          = google_compute_url_map.www.id
  ssl_certificates = [google_compute_managed_ssl_certificate.www.id]
}

resource "google_compute_global_address" "www" {
  name = "www"
}

resource "google_compute_global_forwarding_rule" "http" {
  name                  = "www-http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.www.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.www.id
}

resource "google_compute_global_forwarding_rule" "https" {
  name                  = "www-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.www.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.www.id
}
