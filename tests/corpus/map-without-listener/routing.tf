# This team owns the URL map. Addresses, certificates and proxies belong to the platform team and stand elsewhere.
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-routing"
}

resource "google_compute_url_map" "team" {
  name            = "team"
  default_service = google_compute_backend_service.team["web"].id

  host_rule {
    hosts        = ["team.example.com"]
    path_matcher = "team"
  }

  path_matcher {
    name            = "team"
    default_service = google_compute_backend_service.team["web"].id
    header_action {
      request_headers_to_remove = ["X-User-Id"]
    }
    path_rule {
      paths   = ["/ws", "/ws/*"]
      service = google_compute_backend_service.team["live"].id
    }
    path_rule {
      paths = ["/old/*"]
      url_redirect {
        host_redirect          = "archive.example.com"
        https_redirect         = true
        redirect_response_code = "PERMANENT_REDIRECT"
        strip_query            = true
      }
    }
  }

  test {
    host    = "team.example.com"
    path    = "/ws"
    service = google_compute_backend_service.team["live"].id
  }
}
