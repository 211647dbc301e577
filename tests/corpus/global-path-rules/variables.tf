variable "project" {
  type        = string
  description = "Project that everything is made in."
}

variable "region" {
  type    = string
  default = "us-central1"
}

variable "domain" {
  type        = string
  description = "Zone of the public names."
  default     = "staging.example.com"
}

# Bumped by the release job.
variable "image_tag" {
  type    = string
  default = "latest"
}
