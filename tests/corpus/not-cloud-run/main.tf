# Services that are not on Cloud Run: machines, and somebody else's address.
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-machines"
  region  = "us-central1"
  zone    = "us-central1-a"
}

resource "google_compute_network" "machines" {
  name                    = "machines"
  auto_create_subnetworks = true
}

resource "google_compute_instance_template" "chat" {
  name_prefix  = "chat-"
  machine_type = "e2-small"

  disk {
    source_image = "debian-cloud/debian-12"
    boot         = true
  }

  network_interface {
    network = google_compute_network.machines.id
  }

  metadata_startup_script = <<-SCRIPT
    #!/bin/sh
    exec /opt/chat/serve --port 8080
  SCRIPT

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_health_check" "chat" {
  name = "chat"
  http_health_check {
    port         = 8080
    request_path = "/healthz"
  }
}

resource "google_compute_instance_group_manager" "chat" {
  name               = "chat"
  base_instance_name = "chat"
  zone               = "us-central1-a"
  target_size        = 2

  version {
    instance_template = google_compute_instance_template.chat.id
  }

  named_port {
    name = "http"
    port = 8080
  }
}

resource "google_compute_backend_service" "chat" {
  name                   = "chat"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  protocol               = "HTTP"
  port_name              = "http"
  timeout_sec            = 3600
  session_affinity       = "GENERATED_COOKIE"
  health_checks          = [google_compute_health_check.chat.id]
  custom_request_headers = ["X-Edge-Client: {client_ip_address}"]

  backend {
    group           = google_compute_instance_group_manager.chat.instance_group
    balancing_mode  = "UTILIZATION"
    capacity_scaler = 1.0
  }
}

resource "google_compute_global_network_endpoint_group" "partner" {
  name                  = "partner"
  network_endpoint_type = "INTERNET_FQDN_PORT"
  default_port          = 443
}

resource "google_compute_global_network_endpoint" "partner" {
  global_network_endpoint_group = google_compute_global_network_endpoint_group.partner.id
  fqdn                          = "origin.partner.example.org"
  port                          = 443
}

resource "google_compute_backend_service" "partner" {
  name                   = "partner"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  protocol               = "HTTPS"
  custom_request_headers = ["Host: origin.partner.example.org", "Authorization:"]

  backend {
    group = google_compute_global_network_endpoint_group.partner.id
  }
}

resource "google_compute_url_map" "machines" {
  name            = "machines"
  default_service = google_compute_backend_service.chat.id

  host_rule {
    hosts        = ["chat.example.com"]
    path_matcher = "chat"
  }

  path_matcher {
    name            = "chat"
    default_service = google_compute_backend_service.chat.id

    route_rules {
      priority = 1
      service  = google_compute_backend_service.partner.id
      match_rules {
        prefix_match = "/partner/"
      }
    }

    route_rules {
      priority = 2
      service  = google_compute_backend_service.chat.id
      match_rules {
        prefix_match = "/anonymous/"
      }
      header_action {
        request_headers_to_remove = ["Authorization"]
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "machines" {
  name = "machines"
  managed {
    domains = ["chat.example.com"]
  }
}

resource "google_compute_target_https_proxy" "machines" {
  name             = "machines"
  url_map          = google_compute_url_map.machines.id
  ssl_certificates = [google_compute_managed_ssl_certificate.machines.id]
}

resource "google_compute_global_forwarding_rule" "machines" {
  name                  = "machines"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.machines.id
}
