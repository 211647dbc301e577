# Idioms of Terraform that people combine: each decides here where a request goes or what becomes of a header.
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-idioms"
  region  = "us-central1"
  default_labels = {
    team = "edge"
  }
}

data "google_project" "this" {}

data "google_compute_backend_service" "shared" {
  count = var.shared_backend == null ? 0 : 1
  name  = var.shared_backend
}

variable "shared_backend" {
  type    = string
  default = null
}

variable "with_canary" {
  type    = bool
  default = true
}

variable "with_legacy" {
  type    = bool
  default = false
}

variable "services" {
  type = map(object({
    hosts   = optional(list(string), [])
    paths   = optional(list(string), [])
    headers = optional(map(string), {})
    limits = optional(object({
      timeout = optional(string, "300s")
      stamp   = optional(string)
    }), {})
    public = optional(bool, true)
  }))
  default = {
    web  = {}
    live = { hosts = ["live.example.com"], paths = ["/ws", "/ws/*"], headers = { X-Live = "1" }, limits = { timeout = "3600s" } }
    ops  = { hosts = ["ops.example.com"], paths = ["/ops/*"], limits = { stamp = "ops" } }
    jobs = { public = false }
  }
}

locals {
  # Known at plan time: which of several services has hosts of its own.
  routed = { for name, service in var.services : name => service if length(service.hosts) > 0 }
  # The headers of all services, each under its own name.
  merged = merge([for name, service in var.services : service.headers]...)
  stamps = merge({ X-Stage = "prod", X-Team = "none" }, [for name, service in var.services : service.limits.stamp == null ? {} : { "X-Team" = service.limits.stamp }]...)
  static = yamldecode(file("${path.module}/headers.yaml"))
  # What a data source tells is not known.
  is_first = data.google_project.this.number == "1"
}

module "service" {
  source   = "./modules/service"
  for_each = var.services
  name     = each.key
  timeout  = each.value.limits.timeout
  public   = each.value.public
}

resource "google_compute_backend_service" "service" {
  for_each               = { for name, service in module.service : name => service.group if service.public }
  name                   = each.key
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = [for header, value in var.services[each.key].headers : "${header}: ${value}"]
  backend {
    group = each.value
  }
  depends_on = [module.service]
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [description]
    precondition {
      condition     = length(each.key) > 0
      error_message = "A service has a name."
    }
  }
}

resource "google_compute_backend_service" "canary" {
  count                 = var.with_canary ? 1 : 0
  name                  = "canary"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = module.service["live"].group
  }
}

resource "google_compute_backend_service" "legacy" {
  count                 = var.with_legacy ? 1 : 0
  name                  = "legacy"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend {
    group = module.service["web"].group
  }
}
