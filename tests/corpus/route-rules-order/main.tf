locals {
  region = var.regions[0]
}

module "site" {
  source = "./serverless"
  name   = "site"
  region = local.region
}

module "realtime" {
  source  = "./serverless"
  name    = "realtime"
  region  = local.region
  timeout = "3600s"
}

module "admin" {
  source = "./serverless"
  name   = "admin"
  region = local.region
}

module "status" {
  source = "./serverless"
  name   = "status"
  region = local.region
}

resource "google_compute_url_map" "main" {
  name            = "games"
  default_service = module.site.backend

  host_rule {
    hosts        = ["play.example.com"]
    path_matcher = "play"
  }

  path_matcher {
    name            = "play"
    default_service = module.status.backend

    # Catches what the rules below, which come first by their numbers, leave over.
    route_rules {
      priority = 100
      match_rules {
        prefix_match = "/"
      }
      service = module.site.backend
    }

    route_rules {
      priority = var.socket_priority
      match_rules {
        prefix_match = "/ws"
      }
      service = module.realtime.backend
    }

    route_rules {
      priority = var.socket_priority / 2
      match_rules {
        full_path_match = "/ws/admin"
      }
      match_rules {
        full_path_match = "/ws/ops"
      }
      service = module.admin.backend
      header_action {
        request_headers_to_remove = ["X-Player-Id"]
      }
    }

    route_rules {
      priority = var.socket_priority + 10
      match_rules {
        path_template_match = "/v1/{tenant=*}/socket/**"
      }
      service = module.realtime.backend
    }

    route_rules {
      priority = 40
      match_rules {
        full_path_match = "/Status"
        ignore_case     = true
      }
      service = module.status.backend
    }

    # The star is taken literally: this never matches what its author thought of.
    route_rules {
      priority = 15
      match_rules {
        prefix_match = "/lobby*"
      }
      service = module.realtime.backend
    }
  }
}

resource "google_compute_managed_ssl_certificate" "play" {
  name = "play"
  managed {
    domains = ["play.example.com"]
  }
}

resource "google_compute_target_https_proxy" "play" {
  name             = "play"
  url_map          = google_compute_url_map.main.self_link
  ssl_certificates = [google_compute_managed_ssl_certificate.play.self_link]
}

resource "google_compute_global_forwarding_rule" "play" {
  name                  = "play"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443-443"
  target                = google_compute_target_https_proxy.play.self_link
}
