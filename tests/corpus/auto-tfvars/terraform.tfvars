note = "tfvars"
ws = {
  paths = ["/from-tfvars"]
}
hosts = { api = ["tfvars.example.com"] }
