resource "google_cloud_run_v2_service" "team" {
  for_each             = toset(["web", "live"])
  name                 = "team-${each.key}"
  location             = "us-central1"
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true
  template {
    containers {
      image = "us-docker.pkg.dev/example-routing/apps/${each.key}:1"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "team" {
  for_each              = google_cloud_run_v2_service.team
  name                  = each.value.name
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = each.value.name
  }
}

resource "google_compute_backend_service" "team" {
  for_each              = google_compute_region_network_endpoint_group.team
  name                  = each.value.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = each.value.id
  }
}
