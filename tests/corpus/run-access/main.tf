terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-access"
  region  = "us-central1"
}

locals {
  region = "us-central1"

  services = {
    open     = { ingress = "INGRESS_TRAFFIC_ALL" }
    nocheck  = { ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", iam_disabled = true }
    private  = { ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" }
    partners = { ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" }
    bound    = { ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" }
    inside   = { ingress = "INGRESS_TRAFFIC_INTERNAL_ONLY", iam_disabled = true }
    grpc     = { ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", iam_disabled = true, port = "h2c" }
    short    = { ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", iam_disabled = true, timeout = "15s" }
  }
}

resource "google_cloud_run_v2_service" "run" {
  for_each = local.services

  name                 = each.key
  location             = local.region
  ingress              = each.value.ingress
  invoker_iam_disabled = try(each.value.iam_disabled, false)

  template {
    timeout = lookup(each.value, "timeout", "3600s")

    containers {
      image = "us-docker.pkg.dev/example-access/apps/${each.key}:1"

      ports {
        name           = try(each.value.port, "http1")
        container_port = 8080
      }
    }
  }
}

# One service is open to all.
resource "google_cloud_run_v2_service_iam_member" "open" {
  name     = google_cloud_run_v2_service.run["open"].name
  location = local.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}

# Partners have accounts of their own.
resource "google_cloud_run_v2_service_iam_member" "partners" {
  for_each = toset(["serviceAccount:a@example-access.iam.gserviceaccount.com", "allAuthenticatedUsers"])
  name     = google_cloud_run_v2_service.run["partners"].name
  location = local.region
  role     = "roles/run.invoker"
  member   = each.value
}

resource "google_cloud_run_v2_service_iam_binding" "bound" {
  name     = google_cloud_run_v2_service.run["bound"].name
  location = local.region
  role     = "roles/run.invoker"
  members  = ["allUsers", "group:staff@example.com"]
}

# A right to look is no right to call.
resource "google_cloud_run_v2_service_iam_member" "viewer" {
  name     = google_cloud_run_v2_service.run["private"].name
  location = local.region
  role     = "roles/run.viewer"
  member   = "allUsers"
}

resource "google_compute_region_network_endpoint_group" "run" {
  for_each              = google_cloud_run_v2_service.run
  name                  = each.key
  region                = local.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = each.value.name
  }
}

resource "google_compute_backend_service" "run" {
  for_each              = google_compute_region_network_endpoint_group.run
  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = each.value.id
  }
}

resource "google_compute_url_map" "access" {
  name            = "access"
  default_service = google_compute_backend_service.run["open"].id

  dynamic "host_rule" {
    for_each = local.services
    content {
      hosts        = ["${host_rule.key}.example.com"]
      path_matcher = host_rule.key
    }
  }

  dynamic "path_matcher" {
    for_each = local.services
    content {
      name            = path_matcher.key
      default_service = google_compute_backend_service.run[path_matcher.key].id
    }
  }
}

resource "google_compute_managed_ssl_certificate" "access" {
  name = "access"
  managed {
    domains = [for name, _ in local.services : "${name}.example.com"]
  }
}

resource "google_compute_target_https_proxy" "access" {
  name             = "access"
  url_map          = google_compute_url_map.access.id
  ssl_certificates = [google_compute_managed_ssl_certificate.access.id]
}

resource "google_compute_global_forwarding_rule" "access" {
  name                  = "access"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.access.id
}
