project   = "example-prod"
domain    = "example.com"
image_tag = "v42"
