import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes a folder of so many files of HCL, each a load balancer before one service, and says how many bytes they have.
 */
export function writeEdges(path: string, count: number): number {
  mkdirSync(path);
  const texts = Array.from({ length: count }, (_, index) => edge(index));
  for (const [index, text] of texts.entries()) writeFileSync(join(path, `edge-${index}.tf`), text);
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** A load balancer before one service, as people write it. */
function edge(index: number): string {
  const name = `edge_${index}`;
  return `# Edge ${index}
resource "google_cloud_run_v2_service" "${name}" {
  name     = "app-${index}"
  location = "us-central1"
  ingress  = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"

  template {
    timeout = "3600s"
    containers {
      image = "us-docker.pkg.dev/example/app/app-${index}@sha256:${"0".repeat(64)}"
    }
  }
}

resource "google_compute_region_network_endpoint_group" "${name}" {
  name                  = "app-${index}"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.${name}.name
  }
}

resource "google_compute_backend_service" "${name}" {
  name                  = "app-${index}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  backend {
    group = google_compute_region_network_endpoint_group.${name}.id
  }
}

resource "google_compute_url_map" "${name}" {
  name            = "app-${index}"
  default_service = google_compute_backend_service.${name}.id
  header_action {
    request_headers_to_remove = ["X-Debug"]
  }
  host_rule {
    hosts        = ["app-${index}.example.com"]
    path_matcher = "app"
  }
  path_matcher {
    name            = "app"
    default_service = google_compute_backend_service.${name}.id
    route_rules {
      priority = 1
      service  = google_compute_backend_service.${name}.id
      match_rules {
        prefix_match = "/ws"
      }
    }
  }
}
`;
}
