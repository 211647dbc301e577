# A block that an override file has replaces every block of its type.
resource "google_compute_url_map" "main" {
  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.api.id

    path_rule {
      paths   = ["/drill/*"]
      service = google_compute_backend_service.web.id
    }
  }
}
