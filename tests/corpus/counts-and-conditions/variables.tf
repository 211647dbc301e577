variable "environment" {
  type = string
}

variable "with_canary" {
  type    = bool
  default = false
}

variable "strip_debug_headers" {
  type        = bool
  description = "Null means: as the environment wants it."
  default     = null
}

variable "extra_hosts" {
  type    = list(string)
  default = []
}
