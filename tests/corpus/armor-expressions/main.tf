terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = "example-waf"
  region  = "us-central1"
}

resource "google_compute_security_policy" "headers" {
  name        = "headers"
  description = "Judges by what the client says of itself."

  rule {
    action   = "deny(403)"
    priority = 100
    match {
      expr {
        expression = "has(request.headers['user-agent']) && request.headers['user-agent'].contains('BadBot')"
      }
    }
  }

  rule {
    action   = "deny(404)"
    priority = 200
    match {
      expr {
        expression = <<-CEL
          request.path.startsWith('/ops/') && !has(request.headers['x-ops-key'])
        CEL
      }
    }
  }

  rule {
    action   = "allow"
    priority = 300
    match {
      expr {
        expression = "has(request.headers['x-partner']) && request.headers['x-partner'] == 'acme'"
      }
    }
    header_action {
      request_headers_to_adds {
        header_name  = "X-Verdict"
        header_value = "partner"
      }
      request_headers_to_adds {
        header_name  = "X-Edge"
        header_value = "armor"
      }
    }
  }

  rule {
    action   = "deny(403)"
    priority = 400
    match {
      expr {
        expression = "request.method == 'DELETE' || request.method == 'PUT'"
      }
    }
  }

  rule {
    action   = "allow"
    priority = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_security_policy" "waf" {
  name = "waf"

  rule {
    action   = "deny(403)"
    priority = 1
    match {
      expr {
        expression = "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})"
      }
    }
  }

  rule {
    action   = "deny(403)"
    priority = 2
    preview  = true
    match {
      expr {
        expression = "evaluatePreconfiguredWaf('xss-v33-stable')"
      }
    }
  }

  rule {
    action   = "allow"
    priority = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_security_policy" "waf_preview" {
  name = "waf-preview"

  rule {
    action   = "deny(403)"
    priority = 1
    preview  = true
    match {
      expr {
        expression = "evaluatePreconfiguredWaf('scannerdetection-v33-stable')"
      }
    }
  }

  rule {
    action   = "allow"
    priority = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}
