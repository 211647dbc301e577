locals {
  prefix = "edge"
  image  = "us-docker.pkg.dev/${var.project}/apps"
}

resource "google_cloud_run_v2_service" "site" {
  name                 = "site"
  location             = var.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true

  template {
    containers {
      image = "${local.image}/site:${var.image_tag}"
    }
  }
}

resource "google_cloud_run_v2_service" "api" {
  name                 = "api"
  location             = var.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true

  template {
    containers {
      image = "${local.image}/api:${var.image_tag}"
    }
  }
}

resource "google_cloud_run_v2_service" "reports" {
  name                 = "reports"
  location             = var.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true

  template {
    containers {
      image = "${local.image}/reports:${var.image_tag}"
    }
  }
}

resource "google_cloud_run_v2_service" "realtime" {
  name                 = "realtime"
  location             = var.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true

  template {
    timeout          = "3600s"
    session_affinity = true

    containers {
      image = "${local.image}/realtime:${var.image_tag}"
    }
  }
}
