edge = {
  host           = "api.example.com"
  socket_path    = "/ws"
  remove_headers = ["Authorization", "X-User-Id"]
  identity = {
    header = "X-Identity"
    value  = "edge"
  }
}
