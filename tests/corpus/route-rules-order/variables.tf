variable "project_id" {
  type    = string
  default = "example-games"
}

variable "regions" {
  description = "Where services may run; the first is used by everything that has no choice."
  type        = list(string)
  default     = ["us-east1", "us-west1"]
}

variable "socket_priority" {
  description = "Lower runs earlier. Leave room for hand-made rules."
  type        = number
  default     = 20
}
