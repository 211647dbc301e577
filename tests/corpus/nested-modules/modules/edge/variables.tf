variable "name" {
  type = string
}

variable "domain" {
  type = string
}

variable "services" {
  type = map(object({
    timeout = optional(string, "300s")
  }))
}

variable "default_service" {
  type = string
}

variable "routes" {
  description = "First match wins, in this order."
  type = list(object({
    prefix  = string
    service = string
    headers = optional(map(string), {})
    remove  = optional(list(string), [])
  }))
}
