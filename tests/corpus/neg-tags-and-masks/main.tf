terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-negs"
  region  = local.region
}

locals {
  region = "us-central1"
}

resource "google_cloud_run_v2_service" "orders" {
  name                 = "orders"
  location             = local.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    revision = "orders-v1"
    containers {
      image = "us-docker.pkg.dev/example-negs/apps/orders:1"
    }
  }
  traffic {
    type     = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
    revision = "orders-v1"
    percent  = 100
  }
  traffic {
    type = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
    tag  = "next"
  }
}

resource "google_cloud_run_v2_service" "users" {
  name                 = "users"
  location             = local.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-negs/apps/users:1"
    }
  }
}

# The same name in another region: not the one that a NEG of this region finds.
resource "google_cloud_run_v2_service" "orders_eu" {
  name                 = "orders"
  location             = "europe-west1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-negs/apps/orders:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "literal" {
  name                  = "orders"
  region                = local.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = "orders"
  }
}

resource "google_compute_region_network_endpoint_group" "next" {
  name                  = "orders-next"
  region                = local.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.orders.name
    tag     = "next"
  }
}

resource "google_compute_region_network_endpoint_group" "by_host" {
  name                  = "by-host"
  region                = local.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    url_mask = "<service>.run.example.com"
  }
}

resource "google_compute_region_network_endpoint_group" "by_path" {
  name                  = "by-path"
  region                = local.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    url_mask = "mesh.example.com/svc/<service>"
  }
}

resource "google_compute_backend_service" "by" {
  for_each = {
    literal = google_compute_region_network_endpoint_group.literal.id
    next    = google_compute_region_network_endpoint_group.next.id
    host    = google_compute_region_network_endpoint_group.by_host.id
    path    = google_compute_region_network_endpoint_group.by_path.id
  }

  name                  = "by-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = each.value
  }
}

resource "google_compute_url_map" "negs" {
  name            = "negs"
  default_service = google_compute_backend_service.by["literal"].id

  host_rule {
    hosts        = ["next.example.com"]
    path_matcher = "next"
  }
  host_rule {
    hosts        = ["*.run.example.com"]
    path_matcher = "host"
  }
  host_rule {
    hosts        = ["mesh.example.com"]
    path_matcher = "path"
  }

  dynamic "path_matcher" {
    for_each = ["next", "host", "path"]
    content {
      name            = path_matcher.value
      default_service = google_compute_backend_service.by[path_matcher.value].id
    }
  }
}

resource "google_compute_target_http_proxy" "negs" {
  name    = "negs"
  url_map = google_compute_url_map.negs.id
}

resource "google_compute_global_forwarding_rule" "negs" {
  name                  = "negs"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "80"
  target                = google_compute_target_http_proxy.negs.id
}
