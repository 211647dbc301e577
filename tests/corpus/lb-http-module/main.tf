terraform {
  required_version = ">= 1.5"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = var.project_id
}

provider "google" {
  alias   = "dns"
  project = "example-dns"
}

variable "project_id" {
  type    = string
  default = "example-lbhttp"
}

variable "edges" {
  type = map(object({
    domains       = list(string)
    backends      = map(object({ service = string, description = optional(string), custom_request_headers = optional(list(string), []) }))
    ssl           = optional(bool, true)
    http_forward  = optional(bool, false)
    host_patterns = optional(map(list(string)), {})
  }))
  default = {
    app = {
      domains = ["app.example.com", "ws.example.com"]
      backends = {
        default = { service = "web" }
        realtime = {
          service                = "realtime"
          custom_request_headers = ["X-Client-Geo: {client_region}", "X-Edge: app"]
        }
      }
      host_patterns = {
        realtime = ["ws.example.com"]
      }
    }
    legacy = {
      domains      = ["old.example.com"]
      backends     = { default = { service = "web", description = "kept" } }
      ssl          = true
      http_forward = true
    }
  }
}

module "run" {
  source   = "./modules/run"
  for_each = toset(["web", "realtime"])
  name     = each.value
  region   = "europe-west1"
}

module "lb" {
  source = "./modules/http-lb"
  providers = {
    google = google
  }
  for_each = var.edges

  name                            = "${each.key}-lb"
  ssl                             = each.value.ssl
  managed_ssl_certificate_domains = each.value.domains
  http_forward                    = each.value.http_forward
  https_redirect                  = !each.value.http_forward
  host_patterns                   = each.value.host_patterns
  backends = {
    for key, backend in each.value.backends : key => merge(
      { description = null, custom_request_headers = [], security_policy = "" },
      backend,
      { groups = [{ group = module.run[backend.service].neg_id }] },
    )
  }
}

output "addresses" {
  value = { for key, lb in module.lb : key => lb.external_ip }
}
