hosts = {
  api  = ["api.example.com", "api.example.net"]
  live = ["live.example.com"]
}
note = "ten"
