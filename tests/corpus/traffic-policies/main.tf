terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-traffic"
  region  = "us-central1"
}

locals {
  services = toset(["stable", "canary", "shadow"])
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

variable "canary" {
  type    = number
  default = 5
}

resource "google_compute_url_map" "traffic" {
  name = "traffic"

  default_route_action {
    weighted_backend_services {
      backend_service = google_compute_backend_service.svc["stable"].id
      weight          = 100 - var.canary
    }
    weighted_backend_services {
      backend_service = google_compute_backend_service.svc["canary"].id
      weight          = var.canary
      header_action {
        request_headers_to_add {
          header_name  = "X-Track"
          header_value = "canary"
          replace      = true
        }
      }
    }
  }

  header_action {
    request_headers_to_remove = ["X-Track-Hint"]
  }

  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.svc["stable"].id

    header_action {
      request_headers_to_add {
        header_name  = "X-Track"
        header_value = "matcher"
        replace      = true
      }
    }

    path_rule {
      paths = ["/ws", "/ws/*"]
      route_action {
        timeout {
          seconds = 30
        }
        weighted_backend_services {
          backend_service = google_compute_backend_service.svc["canary"].id
          weight          = 0
        }
        weighted_backend_services {
          backend_service = google_compute_backend_service.svc["stable"].id
          weight          = 1000
          header_action {
            request_headers_to_add {
              header_name  = "X-Track"
              header_value = "weighted"
              replace      = true
            }
            request_headers_to_remove = ["X-Weighted"]
          }
        }
      }
    }

    path_rule {
      paths   = ["/old/*"]
      service = google_compute_backend_service.svc["stable"].id
      route_action {
        url_rewrite {
          host_rewrite        = "internal.example.com"
          path_prefix_rewrite = "/new/"
        }
        cors_policy {
          allow_origins     = ["https://app.example.com"]
          allow_methods     = ["GET", "POST"]
          allow_headers     = ["Authorization"]
          allow_credentials = true
          max_age           = 600
          disabled          = false
        }
      }
    }

    path_rule {
      paths   = ["/broken"]
      service = google_compute_backend_service.svc["canary"].id
      route_action {
        fault_injection_policy {
          abort {
            http_status = 503
            percentage  = 100
          }
        }
      }
    }
  }
}
