# For the drill of this week only; git ignores it, Terraform does not.
locals {
  removed = ["Authorization"]
}

variable "host" {
  default = "drill.example.com"
}

resource "google_compute_backend_service" "api" {
  custom_request_headers = ["X-From: override"]
}
