variable "project" {
  type = string
}

variable "region" {
  type    = string
  default = "us-central1"
}

variable "services" {
  description = "What runs, by name. Hosts without a path rule of their own fall to the service named `default`."
  type = map(object({
    image   = string
    hosts   = list(string)
    paths   = optional(list(string), [])
    timeout = optional(string, "300s")
    public  = optional(bool, true)
    headers = optional(map(string), {})
    drop    = optional(set(string), [])
  }))
}
