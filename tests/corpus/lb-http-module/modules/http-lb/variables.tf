variable "name" {
  type = string
}

variable "create_address" {
  type    = bool
  default = true
}

variable "address" {
  type    = string
  default = null
}

variable "create_url_map" {
  type    = bool
  default = true
}

variable "url_map" {
  type    = string
  default = null
}

variable "ssl" {
  type    = bool
  default = false
}

variable "ssl_certificates" {
  type    = list(string)
  default = []
}

variable "managed_ssl_certificate_domains" {
  type    = list(string)
  default = []
}

variable "http_forward" {
  type    = bool
  default = true
}

variable "https_redirect" {
  type    = bool
  default = false
}

variable "load_balancing_scheme" {
  type    = string
  default = "EXTERNAL_MANAGED"
}

variable "security_policy" {
  type    = string
  default = null
}

variable "host_patterns" {
  type    = map(list(string))
  default = {}
}

variable "backends" {
  type = map(object({
    description            = optional(string)
    protocol               = optional(string, "HTTPS")
    enable_cdn             = optional(bool, false)
    security_policy        = optional(string)
    custom_request_headers = optional(list(string), [])
    groups = list(object({
      group = string
    }))
    iap_config = optional(object({
      enable               = bool
      oauth2_client_id     = optional(string)
      oauth2_client_secret = optional(string)
    }), { enable = false })
  }))
}
