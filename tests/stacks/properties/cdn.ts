import { expect } from "vitest";
import type { EnvironmentId, Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { SERVICE_IDS, edgesIn } from "./reference-system.ts";
import { backendOf } from "./resources.ts";

/** The one service whose answers may be cached, on every edge. */
function frontends(look: (policy: Json) => void): Property["holds"] {
  return (terraform: Json, environment: EnvironmentId) => {
    for (const edge of edgesIn(environment)) look(backendOf(terraform, "frontend", edge)[1].cdn_policy);
  };
}

export const cdn: readonly Property[] = [
  {
    name: "only the frontend's answers may come from a cache",
    facts: ["P8", "P9"],
    holds: (terraform, environment) => {
      for (const edge of edgesIn(environment))
        for (const service of SERVICE_IDS) {
          const [, backend] = backendOf(terraform, service, edge);
          expect(backend.enable_cdn).toBe(service === "frontend" ? true : undefined);
          expect(backend.cdn_policy !== undefined).toBe(service === "frontend");
        }
    },
  },
  {
    name: "only what the service itself declares cacheable is cached",
    facts: ["P8"],
    holds: frontends(({ cache_mode: mode }) => expect(mode).toBe("USE_ORIGIN_HEADERS")),
  },
  {
    name: "a request with a credential or a session goes past the cache",
    facts: ["P8"],
    holds: frontends(({ bypass_cache_on_request_headers: names }) => {
      expect((names as Json[]).map(({ header_name: name }) => name as string).sort()).toEqual([
        "Authorization",
        "Cookie",
      ]);
    }),
  },
  {
    name: "two hosts, schemes or queries never share an answer",
    facts: ["P8"],
    holds: frontends(({ cache_key_policy: key }) => {
      expect(key).toEqual({ include_host: true, include_protocol: true, include_query_string: true });
    }),
  },
  {
    name: "no lifetime of the edge's own outlives what the service said, and no signed URL is cached",
    facts: ["P8"],
    holds: frontends((policy) => {
      expect(policy.signed_url_cache_max_age_sec).toBe(0);
      expect(Object.keys(policy as object).sort()).toEqual([
        "bypass_cache_on_request_headers",
        "cache_key_policy",
        "cache_mode",
        "signed_url_cache_max_age_sec",
      ]);
    }),
  },
];
