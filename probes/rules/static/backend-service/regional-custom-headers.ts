import { attribute } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { resourcesOf } from "../reading.ts";

/** What a regional backend service does not have. */
export const CUSTOM_HEADER_LISTS = ["custom_request_headers", "custom_response_headers"] as const;

export const regionalCustomHeaders = defineStaticRule({
  id: "regional-custom-headers",
  title: "custom headers on a regional backend service",
  severity: "error",
  found: "validate",
  because: "A regional backend service has none: on regional balancers headers are written in the URL map alone.",
  fix: "Write them as `header_action` of the regional URL map.",
  sources: ["V7", "V6"],
  check: ({ graph }) =>
    resourcesOf(graph, ["google_compute_region_backend_service"]).flatMap(({ body, address, api }) =>
      CUSTOM_HEADER_LISTS.flatMap((name) => {
        const written = attribute(body, name);
        // What the API itself says, no provider has to know.
        return written === undefined || api === true ? [] : [found(written.by, `${address} has no ${name}`)];
      }),
    ),
});
