import { all } from "../cloud.ts";
import { count, single, text, texts, valuesAt } from "../value.ts";
import type { Body } from "../value.ts";
import { firstTwice, invalid, serverlessGroups } from "./refusal.ts";
import type { RefusalRow } from "./refusal.ts";

const DEFAULT_TIMEOUT_SECONDS = 30;
const MOST_BYPASS_HEADERS = 5;
const SERVERLESS = "is not supported for a backend service with Serverless network endpoint groups.";

const resources = ["google_compute_backend_service"] as const;

export const BACKEND_SERVICE_REFUSALS: readonly RefusalRow[] = [
  {
    id: "serverless-timeout",
    row: "M20",
    facts: ["S1", "S1b"],
    resources,
    refuses: whenServerless((body) => {
      const timeout = count(body, "timeout_sec") ?? DEFAULT_TIMEOUT_SECONDS;
      return timeout === DEFAULT_TIMEOUT_SECONDS
        ? undefined
        : invalid("timeoutSec", timeout, `Timeout sec ${SERVERLESS}`);
    }),
  },
  {
    id: "serverless-port-name",
    row: "M21",
    facts: ["S2"],
    resources,
    refuses: whenServerless((body) => {
      const port = text(body, "port_name");
      return port === undefined ? undefined : invalid("portName", port, `Port name ${SERVERLESS}`);
    }),
  },
  {
    id: "serverless-health-check",
    row: "M21",
    facts: ["S3"],
    resources,
    refuses: whenServerless((body) => {
      const check = texts(body, "health_checks")[0];
      return check === undefined ? undefined : invalid("healthChecks[0]", check, `A health check ${SERVERLESS}`);
    }),
  },
  {
    id: "serverless-max-utilization",
    row: "M21",
    facts: ["S4"],
    resources,
    refuses: whenServerless((body) => {
      const utilization = valuesAt(body, "backend.max_utilization").find((each) => typeof each === "number");
      if (utilization === undefined) return undefined;
      return invalid("backends[0].maxUtilization", utilization, `Max utilization ${SERVERLESS}`);
    }),
  },
  {
    id: "serverless-locality-policy",
    row: "M21",
    facts: ["S4"],
    resources,
    refuses: whenServerless((body) => {
      const policy = text(body, "locality_lb_policy");
      return policy === undefined ? undefined : invalid("localityLbPolicy", policy, `Locality policy ${SERVERLESS}`);
    }),
  },
  {
    id: "two-serverless-groups-of-one-region",
    row: "M53",
    facts: ["S8"],
    resources,
    refuses: (body, cloud) => {
      const region = firstTwice(serverlessGroups(body, cloud).map((each) => text(each.body, "region")));
      if (region === undefined) return undefined;
      return invalid("backends", region, "Only one serverless network endpoint group per region is allowed.");
    },
  },
  {
    id: "serverless-beside-other-backends",
    facts: ["S8"],
    resources,
    refuses: (body, cloud) => {
      const groups = valuesAt(body, "backend.group").length;
      const serverless = serverlessGroups(body, cloud).length;
      if (serverless === 0 || serverless === groups) return undefined;
      return invalid("backends", groups, "Serverless network endpoint groups cannot be mixed with other backends.");
    },
  },
  {
    id: "iap-beside-cdn",
    row: "M36",
    facts: ["S10", "P5b"],
    resources,
    refuses: whenIap((body) =>
      body["enable_cdn"] === true ? "IAP and Cloud CDN cannot both be enabled on one backend service." : undefined,
    ),
  },
  {
    id: "iap-beside-outlier-detection",
    row: "M36",
    facts: ["S9", "P5b"],
    resources,
    refuses: whenIap((body) =>
      single(body, "outlier_detection") === undefined
        ? undefined
        : "Outlier detection cannot be used together with IAP.",
    ),
  },
  {
    id: "too-many-cache-bypass-headers",
    facts: ["P8"],
    resources,
    refuses: (body) => {
      const names = valuesAt(body, "cdn_policy.bypass_cache_on_request_headers.header_name").length;
      if (names <= MOST_BYPASS_HEADERS) return undefined;
      return invalid("cdnPolicy.bypassCacheOnRequestHeaders", names, `At most ${MOST_BYPASS_HEADERS} are allowed.`);
    },
  },
  {
    id: "group-in-another-region-than-its-service",
    row: "M53",
    facts: ["S8"],
    resources: ["google_compute_region_network_endpoint_group"],
    refuses: (body, cloud) => {
      const service = text(single(body, "cloud_run"), "service");
      const places = all(cloud, "google_cloud_run_v2_service")
        .filter((each) => text(each.body, "name") === service)
        .map((each) => `${text(each.body, "project")}/${text(each.body, "location")}`);
      const own = `${text(body, "project")}/${text(body, "region")}`;
      if (service === undefined || places.length === 0 || places.includes(own)) return undefined;
      return invalid("cloudRun.service", service, `The service is in ${places[0]}, the endpoint group in ${own}.`);
    },
  },
];

function whenServerless(refuses: (body: Body) => string | undefined): RefusalRow["refuses"] {
  return (body, cloud) => (serverlessGroups(body, cloud).length === 0 ? undefined : refuses(body));
}

function whenIap(refuses: (body: Body) => string | undefined): RefusalRow["refuses"] {
  return (body) => (single(body, "iap")?.["enabled"] === true ? refuses(body) : undefined);
}
