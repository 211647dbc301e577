output "external_ip" {
  value = local.address
}

output "url_map" {
  value = google_compute_url_map.default[*].self_link
}

output "backend_services" {
  value     = google_compute_backend_service.default
  sensitive = true
}
