environment = "prod"
extra_hosts = ["legacy.example.com"]
