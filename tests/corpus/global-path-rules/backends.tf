resource "google_compute_region_network_endpoint_group" "site" {
  name                  = "${local.prefix}-site"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloud_run_v2_service.site.name
  }
}

resource "google_compute_region_network_endpoint_group" "api" {
  name                  = "${local.prefix}-api"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloud_run_v2_service.api.name
  }
}

resource "google_compute_region_network_endpoint_group" "reports" {
  name                  = "${local.prefix}-reports"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloud_run_v2_service.reports.name
  }
}

resource "google_compute_region_network_endpoint_group" "realtime" {
  name                  = "${local.prefix}-realtime"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloud_run_v2_service.realtime.name
  }
}

resource "google_compute_backend_service" "site" {
  name                  = "${local.prefix}-site"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"

  backend {
    group = google_compute_region_network_endpoint_group.site.id
  }
}

resource "google_compute_backend_service" "api" {
  name                  = "${local.prefix}-api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"

  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
}

resource "google_compute_backend_service" "reports" {
  name                  = "${local.prefix}-reports"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"

  backend {
    group = google_compute_region_network_endpoint_group.reports.id
  }
}

resource "google_compute_backend_service" "realtime" {
  name                  = "${local.prefix}-realtime"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"

  backend {
    group = google_compute_region_network_endpoint_group.realtime.id
  }
}
