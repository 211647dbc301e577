import { expect } from "vitest";
import { edgeOf } from "../../support/reference.ts";
import type { Json } from "../../support/reference.ts";
import { addressOf } from "./dns.ts";
import type { Property } from "./property.ts";
import { REGION, SERVICES, SERVICE_IDS, WITNESS_IMAGE, prefixOf } from "./reference-system.ts";
import type { DeclaredService } from "./reference-system.ts";
import { backendReference, bodiesOf, entriesOf, mapOf, policyOf, reference, runOf, theOne } from "./resources.ts";

const TOKEN = "terraform_data";

/** Looks at production, the environment with a preview edge. */
function production(look: (terraform: Json) => void): Property["holds"] {
  return (terraform, environment) => {
    if (environment === "production") look(terraform);
  };
}

/** Looks at the witness in place of each declared service. */
function witnesses(look: (run: Json, service: DeclaredService, id: string) => void): Property["holds"] {
  return production((terraform) => {
    for (const id of SERVICE_IDS) look(runOf(terraform, id, "preview")[1], SERVICES[id]!, id);
  });
}

function token(terraform: Json): string {
  return reference(TOKEN, theOne(entriesOf(terraform, TOKEN))[0], "output");
}

const witnessProperties: readonly Property[] = [
  {
    name: "a witness stands in place of each declared service",
    facts: [],
    holds: production((terraform) => {
      expect(bodiesOf(terraform, "google_cloud_run_v2_service", "preview").map(({ name }) => name as string)).toEqual(
        SERVICE_IDS.map((id) => `reference-production-${id}-witness`).sort(),
      );
    }),
  },
  {
    name: "a witness says which service and which edge it is of, in the same region",
    facts: [],
    holds: witnesses((run, _, id) => {
      expect(run.labels).toMatchObject({ "headgate-service": id, "headgate-edge": "preview" });
      expect(run.location).toBe(REGION);
    }),
  },
  {
    name: "a witness has the port, timeout, concurrency, limits and affinity of its service",
    facts: ["R2", "R3", "R4", "R6"],
    holds: witnesses(({ template }, service) => {
      const [{ ports, resources }] = template.containers as [Json];
      expect(ports).toEqual({ name: "http1", container_port: service.port });
      expect(resources).toEqual({ limits: { cpu: service.cpu, memory: service.memory }, startup_cpu_boost: true });
      expect({
        timeout: template.timeout,
        concurrency: template.max_instance_request_concurrency,
        affinity: template.session_affinity,
      }).toEqual({
        timeout: service.timeout,
        concurrency: service.concurrency,
        affinity: service.sessionAffinity,
      });
    }),
  },
  {
    name: "a witness runs the witness's image and holds its key, and no variable or secret of the service",
    facts: [],
    holds: witnesses(({ template }, _, id) => {
      const [{ image, env }] = template.containers as [Json];
      expect(image).toBe(WITNESS_IMAGE);
      const key = { secret: "headgate-key", version: "1" };
      expect(env).toEqual([
        { name: "HEADGATE_KEY", value_source: { secret_key_ref: key } },
        { name: "HEADGATE_SERVICE", value: id },
      ]);
    }),
  },
  {
    name: "a witness costs nothing while nobody probes, and never cuts a socket",
    facts: ["R19"],
    holds: witnesses(({ template, deletion_protection: kept }, { port }) => {
      expect(template.scaling).toEqual({ min_instance_count: 0, max_instance_count: 2 });
      expect(kept).toBe(false);
      expect(template.containers[0]).not.toHaveProperty("liveness_probe");
      expect(template.containers[0].startup_probe.tcp_socket).toEqual({ port });
    }),
  },
  {
    name: "a witness answers by one revision, named by its generation, without a tag",
    facts: ["R20"],
    holds: witnesses(({ template, traffic, name }) => {
      expect(template.revision).toMatch(new RegExp(`^${name}-[0-9a-f]{8}$`));
      expect(traffic).toEqual([
        { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: template.revision, percent: 100 },
      ]);
    }),
  },
];

const edgeProperties: readonly Property[] = [
  {
    name: "an environment with promotion: direct has nothing of a preview edge",
    facts: [],
    holds: (terraform, environment) => {
      if (environment === "production") return;
      const ids = Object.values<Json>(terraform.resource).flatMap((resources) => Object.keys(resources as object));
      expect(ids.filter((id) => edgeOf(id) === "preview")).toEqual([]);
      expect(entriesOf(terraform, TOKEN)).toEqual([]);
      expect(JSON.stringify(terraform)).not.toMatch(/witness|X-Headgate-Preview|\.headgate/i);
    },
  },
  {
    name: "the preview edge serves the same hosts from the same certificates",
    facts: [],
    holds: production((terraform) => {
      const [ours, theirs] = (["preview", "public"] as const).map((edge) => {
        const [proxy] = bodiesOf(terraform, "google_compute_target_https_proxy", edge);
        return [proxy.certificate_map as string, mapOf(terraform, "routing", edge)[1].host_rule];
      });
      expect(ours).toEqual(theirs);
    }),
  },
  {
    name: "the public edge leads to nothing of the preview edge, nor the other way",
    facts: [],
    holds: production((terraform) => {
      for (const type of [
        "google_compute_url_map",
        "google_compute_target_https_proxy",
        "google_compute_backend_service",
      ])
        for (const [id, { "//": _metadata, ...body }] of entriesOf(terraform, type)) {
          const wrong = edgeOf(id) === "preview" ? /backend_service\.backend-|\.routing_|\.edge_/ : /\.preview_/;
          expect(JSON.stringify(body)).not.toMatch(wrong);
        }
    }),
  },
  {
    name: "the control route of each host comes first, acts on no header, and meets what the host gives everybody",
    facts: ["U13"],
    holds: production((terraform) => {
      const fallbacks = ["frontend", "auth", "frontend"].map((id) => backendReference(terraform, id, "preview"));
      expect(
        (mapOf(terraform, "routing", "preview")[1].path_matcher as Json[]).map(({ route_rules: [first] }) => first),
      ).toEqual(
        fallbacks.map((service) => ({ priority: 10, match_rules: [{ prefix_match: "/.headgate/" }], service })),
      );
    }),
  },
  {
    name: "a request is let in by an allowed address and the header together, never by one of them",
    facts: [],
    holds: production((terraform) => {
      const [admit] = policyOf(terraform, "preview")[1].rule as [Json];
      const header = `request.headers['x-headgate-preview'] == '${token(terraform).replace(/^\$\{(.*)\}$/, "${sensitive($1)}")}'`;
      expect(admit).toEqual({
        action: "allow",
        priority: 1000,
        description: "Probes",
        match: { expr: { expression: `inIpRange(origin.ip, '203.0.113.0/24') && ${header}` } },
      });
    }),
  },
  {
    name: "everybody else gets a plain 404",
    facts: [],
    holds: production((terraform) => {
      expect((policyOf(terraform, "preview")[1].rule as Json[]).slice(1)).toEqual([
        {
          action: "deny(404)",
          priority: 2_147_483_647,
          description: "Everybody else",
          match: { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["*"] } },
        },
      ]);
    }),
  },
  {
    name: "the admission policy is a backend policy with a name of its own",
    facts: ["P6b"],
    holds: production((terraform) => {
      const [, { type, name }] = policyOf(terraform, "preview");
      expect({ type, name }).toEqual({ type: "CLOUD_ARMOR", name: prefixOf("production", "preview") });
    }),
  },
  {
    name: "Terraform draws the header's value once and keeps it",
    facts: [],
    holds: production((terraform) => {
      const [, { input, lifecycle }] = theOne(entriesOf(terraform, TOKEN));
      expect({ input, lifecycle }).toEqual({ input: "${uuid()}", lifecycle: { ignore_changes: ["input"] } });
    }),
  },
  {
    name: "a person gets the value and the addresses as outputs",
    facts: [],
    holds: production(({ output, resource }) => {
      const terraform: Json = { resource };
      expect(output["preview-token"]).toMatchObject({ value: token(terraform), sensitive: true });
      expect(output["preview-addresses"].value).toEqual({
        ipv4: addressOf(terraform, "IPV4", "preview"),
        ipv6: addressOf(terraform, "IPV6", "preview"),
      });
    }),
  },
];

export const preview: readonly Property[] = [...witnessProperties, ...edgeProperties];
