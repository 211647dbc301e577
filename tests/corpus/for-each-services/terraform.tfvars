project = "example-services"

services = {
  web = {
    image = "web:1"
    hosts = ["www.example.com", "example.com"]
  }

  api = {
    image = "api:1"
    hosts = ["api.example.com"]
    paths = ["/v1/*"]
    headers = {
      "X-Api-Edge" = "main"
      "X-Country"  = "{client_region}"
    }
  }

  "live-feed" = {
    image   = "feed:1"
    hosts   = ["api.example.com"]
    paths   = ["/ws", "/ws/*"]
    timeout = "3600s"
    drop    = ["X-User-Id", "X-Roles"]
  }

  jobs = {
    image  = "jobs:1"
    hosts  = ["jobs.example.com"]
    public = false
    drop   = ["Authorization"]
  }
}
