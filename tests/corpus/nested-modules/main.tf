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
  project = "example-platform"
  region  = "us-central1"
}

locals {
  zone = "example.com"
}

module "platform" {
  for_each = {
    staging    = { domain = "staging.${local.zone}", strip = [] }
    production = { domain = local.zone, strip = ["X-Debug", "Authorization"] }
  }

  source      = "./modules/platform"
  environment = each.key
  domain      = each.value.domain

  # In production the web pages never see a credential.
  web_headers_to_remove = each.value.strip
}

output "addresses" {
  value = { for name, platform in module.platform : name => platform.address }
}
