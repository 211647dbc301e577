locals {
  public = { for name, service in var.services : name => service if service.public }

  # host => names of the services behind it, in the order of their names
  by_host = {
    for host in distinct(flatten([for service in values(var.services) : service.hosts])) :
    host => [for name, service in var.services : name if contains(service.hosts, host)]
  }
}

resource "google_cloud_run_v2_service" "service" {
  for_each = var.services

  name                 = each.key
  location             = var.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = each.value.public

  template {
    timeout = each.value.timeout
    containers {
      image = "us-docker.pkg.dev/${var.project}/apps/${each.value.image}"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "service" {
  for_each              = var.services
  name                  = "neg-${each.key}"
  region                = var.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.service[each.key].name
  }
}

resource "google_compute_backend_service" "service" {
  for_each               = var.services
  name                   = "be-${each.key}"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  protocol               = "HTTPS"
  custom_request_headers = [for name, value in each.value.headers : "${name}: ${value}"]
  backend {
    group = google_compute_region_network_endpoint_group.service[each.key].id
  }
}
