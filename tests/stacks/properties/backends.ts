import { expect } from "vitest";
import type { EdgeId, EnvironmentId, Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { REGION, SERVICE_IDS, edgesIn, prefixOf } from "./reference-system.ts";
import { backendOf, bodiesOf, entriesOf, keysOf, negOf, policyOf, reference, runOf } from "./resources.ts";
import type { Entry } from "./resources.ts";

interface Pair {
  readonly service: string;
  readonly edge: EdgeId;
  readonly backend: Entry;
  readonly neg: Entry;
}

/** Looks at the NEG and the backend service of every declared service on every edge. */
function each(look: (pair: Pair, terraform: Json, environment: EnvironmentId) => void): Property["holds"] {
  return (terraform, environment) => {
    for (const edge of edgesIn(environment))
      for (const service of SERVICE_IDS) {
        const backend = backendOf(terraform, service, edge);
        look({ service, edge, backend, neg: negOf(terraform, service, edge) }, terraform, environment);
      }
  };
}

export const backends: readonly Property[] = [
  {
    name: "there is one backend service and one NEG for each declared service on each edge",
    facts: ["S8"],
    holds: (terraform, environment) => {
      const expected = edgesIn(environment).length * SERVICE_IDS.length;
      expect(entriesOf(terraform, "google_compute_backend_service")).toHaveLength(expected);
      expect(entriesOf(terraform, "google_compute_region_network_endpoint_group")).toHaveLength(expected);
    },
  },
  {
    name: "every backend service says EXTERNAL_MANAGED, because the provider's default changes between versions",
    facts: ["U10", "U9"],
    holds: each(({ backend: [, body] }) => expect(body.load_balancing_scheme).toBe("EXTERNAL_MANAGED")),
  },
  {
    name: "no backend service speaks HTTP/2 to a socket's service",
    facts: ["W6", "S6"],
    holds: each(({ backend: [, body] }) => expect(body.protocol).toBe("HTTPS")),
  },
  {
    name: "no backend service holds a field that a serverless NEG refuses or ignores, or a header of its own",
    facts: ["S1", "S2", "S3", "S4", "S5", "S7", "S9", "V4"],
    holds: each(({ backend: [, body] }) => {
      const known = ["backend", "cdn_policy", "description", "enable_cdn", "lifecycle", "load_balancing_scheme"];
      expect([...known, "log_config", "name", "protocol", "security_policy"]).toEqual(
        expect.arrayContaining(keysOf(body)),
      );
    }),
  },
  {
    name: "every backend service has its own NEG as its only backend, without a balancing mode",
    facts: ["S4", "S8"],
    holds: each(({ backend: [, body], neg: [id] }) => {
      expect(body.backend).toEqual([{ group: reference("google_compute_region_network_endpoint_group", id) }]);
    }),
  },
  {
    name: "every request is logged: a handshake that never reached its service has no other witness",
    facts: ["H33", "P6"],
    holds: each(({ backend: [, body] }) => expect(body.log_config).toEqual({ enable: true, sample_rate: 1 })),
  },
  {
    name: "every public backend service is behind Cloud Armor, and every other behind the admission policy",
    facts: ["P6b"],
    holds: each(({ edge, backend: [, body] }, terraform) => {
      expect(body.security_policy).toBe(reference("google_compute_security_policy", policyOf(terraform, edge)[0]));
    }),
  },
  {
    name: "backend service and NEG are named by the id that they are replaced with",
    facts: [],
    holds: each(({ service, backend: [id, body], neg: [negId, neg] }, _, environment) => {
      const key = /backend-.*-([0-9a-f]{8})_/.exec(id)?.[1];
      expect(body.name).toBe(`${prefixOf(environment)}-${service}-${key}`);
      expect(neg.name).toBe(body.name);
      expect(negId).toContain(`-${key}_`);
    }),
  },
  {
    name: "a new generation exists before the URL map lets go of the old one",
    facts: [],
    holds: each(({ backend: [, body], neg: [, neg] }) => {
      expect(body.lifecycle).toEqual({ create_before_destroy: true });
      expect(neg.lifecycle).toEqual({ create_before_destroy: true });
    }),
  },
  {
    name: "every NEG is serverless, in the region of its service, and has no URL mask",
    facts: ["S8", "S11"],
    holds: each(({ neg: [, body] }) => {
      expect(body.network_endpoint_type).toBe("SERVERLESS");
      expect(body.region).toBe(REGION);
      expect(keysOf(body.cloud_run).filter((key) => key !== "tag")).toEqual(["service"]);
      expect(keysOf(body).filter((key) => key !== "description")).toEqual([
        "cloud_run",
        "lifecycle",
        "name",
        "network_endpoint_type",
        "region",
      ]);
    }),
  },
  {
    name: "every NEG leads to the declared service, by a reference that Terraform waits for",
    facts: ["S11"],
    holds: each(({ service, edge, neg: [, body] }, terraform) => {
      const [run] = runOf(terraform, service, edge);
      expect(body.cloud_run.service).toBe(reference("google_cloud_run_v2_service", run, "name"));
    }),
  },
  {
    name: "every NEG reaches its own generation by tag where generations stand side by side, and by traffic elsewhere",
    facts: ["R20", "S11"],
    holds: each(({ service, edge, neg: [, body] }, terraform, environment) => {
      const tagged = environment === "production" && edge === "public";
      const generation = terraform.output.generations.value[service] as string;
      expect(body.cloud_run.tag).toBe(tagged ? `g-${generation}` : undefined);
    }),
  },
  {
    name: "every backend service is one that a URL map uses",
    facts: [],
    holds: (terraform) => {
      const maps = JSON.stringify(bodiesOf(terraform, "google_compute_url_map"));
      for (const [id] of entriesOf(terraform, "google_compute_backend_service"))
        expect(maps).toContain(reference("google_compute_backend_service", id));
    },
  },
];
