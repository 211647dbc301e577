variable "environment" {
  type = string
}

variable "domain" {
  type = string
}

variable "web_headers_to_remove" {
  type    = list(string)
  default = []
}

locals {
  name = "pf-${var.environment}"
}

module "edge" {
  source = "../edge"

  name   = local.name
  domain = var.domain
  services = {
    web  = {}
    live = { timeout = "3600s" }
  }
  default_service = "web"
  routes = [
    { prefix = "/ws", service = "live", headers = { "X-Environment" = var.environment } },
    { prefix = "/", service = "web", remove = var.web_headers_to_remove },
  ]
}

output "address" {
  value = module.edge.address
}
