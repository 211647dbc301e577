import { backendOf } from "../../support/reference.ts";
import type { Json } from "../../support/reference.ts";
import type { Plant } from "./plant.ts";

const BARE_BACKEND =
  "no backend service holds a field that a serverless NEG refuses or ignores, or a header of its own";

export const backends: readonly Plant[] = [
  ...Object.entries<Json>({
    timeout_sec: 3600,
    port_name: "http",
    health_checks: ["h"],
    session_affinity: "GENERATED_COOKIE",
    locality_lb_policy: "ROUND_ROBIN",
    outlier_detection: {},
    connection_draining_timeout_sec: 300,
    custom_request_headers: ["Authorization: "],
    custom_response_headers: ["Upgrade: websocket"],
  }).map(([field, value]) => ({ name: `has ${field}`, plant: onBackend(field, value), caughtBy: BARE_BACKEND })),
  {
    name: "has a balancing mode",
    plant: (terraform) => void (backendOf(terraform, "backend").backend[0].balancing_mode = "UTILIZATION"),
    caughtBy: "every backend service has its own NEG as its only backend, without a balancing mode",
  },
  {
    name: "behind identity-aware proxy",
    plant: onBackend("iap", { enabled: true }),
    caughtBy:
      "no audience is declared for tokens that nobody checks, and no identity-aware proxy consumes Authorization",
  },
  {
    name: "cached where sockets are",
    plant: onBackend("enable_cdn", true),
    caughtBy: "only the frontend's answers may come from a cache",
  },
  {
    name: "cached for a time of the edge's own",
    plant: (terraform) => void (backendOf(terraform, "frontend").cdn_policy.default_ttl = 3600),
    caughtBy: "no lifetime of the edge's own outlives what the service said, and no signed URL is cached",
  },
  {
    name: "with a NEG that reads the service from the URL",
    plant: ({ resource }) => {
      const [neg] = Object.values<Json>(resource.google_compute_region_network_endpoint_group);
      neg.cloud_run.url_mask = "example.com/<service>";
    },
    caughtBy: "every NEG is serverless, in the region of its service, and has no URL mask",
  },
  {
    name: "with a backend service that no map uses",
    plant: ({ resource }) => void (resource.google_compute_backend_service["backend-spare-00000000_backend"] = {}),
    caughtBy: "every backend service is one that a URL map uses",
  },
];

function onBackend(field: string, value: Json): (terraform: Json) => void {
  return (terraform) => void (backendOf(terraform, "backend")[field] = value);
}
