terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-open"
  region  = "us-central1"
}

locals {
  services = toset(["web", "chat", "ops"])
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

variable "tenant" {
  description = "No default: the pipeline gives it."
  type        = string
}

variable "stage" {
  type = string
}

variable "debug" {
  type = bool
}

variable "partner_host" {
  type    = string
  default = null
}

locals {
  suffix = var.stage == "prod" ? "" : "-${var.stage}"
}

resource "google_compute_url_map" "open" {
  name            = "open"
  default_service = var.debug ? google_compute_backend_service.svc["web"].id : google_compute_backend_service.svc["web"].id

  host_rule {
    hosts        = ["chat.example.com"]
    path_matcher = "chat"
  }

  host_rule {
    hosts        = ["${var.tenant}.example.com"]
    path_matcher = "tenant"
  }

  dynamic "host_rule" {
    for_each = var.partner_host != null ? [var.partner_host] : []
    content {
      hosts        = [host_rule.value]
      path_matcher = "tenant"
    }
  }

  host_rule {
    hosts        = ["ops${local.suffix}.example.net"]
    path_matcher = "ops"
  }

  path_matcher {
    name            = "chat"
    default_service = google_compute_backend_service.svc["web"].id

    path_rule {
      paths   = ["/ws", "/ws/*"]
      service = google_compute_backend_service.svc["chat"].id
    }
    path_rule {
      paths   = ["/${var.tenant}/ws"]
      service = google_compute_backend_service.svc["ops"].id
    }
  }

  path_matcher {
    name            = "tenant"
    default_service = google_compute_backend_service.svc["chat"].id
  }

  path_matcher {
    name            = "ops"
    default_service = google_compute_backend_service.svc["ops"].id

    route_rules {
      priority = 1
      service  = google_compute_backend_service.svc["chat"].id
      match_rules {
        prefix_match = "/ws"
      }
      header_action {
        request_headers_to_add {
          header_name  = "X-Stage"
          header_value = "stage-${var.stage}"
          replace      = true
        }
        request_headers_to_remove = var.debug ? [] : ["X-Debug"]
      }
    }

    dynamic "route_rules" {
      for_each = var.debug ? [1] : []
      content {
        priority = 2
        service  = google_compute_backend_service.svc["ops"].id
        match_rules {
          prefix_match = "/debug/"
        }
      }
    }
  }
}
