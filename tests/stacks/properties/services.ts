import { expect } from "vitest";
import type { EnvironmentId, Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { REGION, SERVICES, SERVICE_IDS, SOCKET_LIFETIMES, prefixOf } from "./reference-system.ts";
import type { DeclaredService } from "./reference-system.ts";
import { entriesOf, runOf } from "./resources.ts";

const REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";

/** Looks at every declared service; the witnesses have properties of their own. */
function each(
  look: (run: Json, service: DeclaredService, id: string, environment: EnvironmentId) => void,
): Property["holds"] {
  return (terraform, environment) => {
    for (const id of SERVICE_IDS) look(runOf(terraform, id)[1], SERVICES[id]!, id, environment);
  };
}

/** The one container of each. */
function eachContainer(look: (container: Json, service: DeclaredService) => void): Property["holds"] {
  return each((run, service) => {
    expect(run.template.containers).toHaveLength(1);
    look(run.template.containers[0], service);
  });
}

export const services: readonly Property[] = [
  {
    name: "there is one Cloud Run service for each declared service, named by contract, environment and key",
    facts: [],
    holds: (terraform, environment) => {
      expect(
        entriesOf(terraform, "google_cloud_run_v2_service", "public").map(([, { name }]) => name as string),
      ).toEqual(SERVICE_IDS.map((id) => `${prefixOf(environment)}-${id}`).sort());
    },
  },
  {
    name: "each carries the label by which probes find it",
    facts: [],
    holds: each((run, _, id) => expect(run.labels["headgate-service"]).toBe(id)),
  },
  {
    name: "each stands in the declared region",
    facts: ["S8"],
    holds: each((run) => expect(run.location).toBe(REGION)),
  },
  {
    name: "each container's port is named http1, because h2c ends every WebSocket with a 503",
    facts: ["R4"],
    holds: eachContainer(({ ports }) => expect(ports.name).toBe("http1")),
  },
  {
    name: "each container listens on the declared port",
    facts: [],
    holds: eachContainer(({ ports }, { port }) => expect(ports.container_port).toBe(port)),
  },
  {
    name: "each has the declared request timeout",
    facts: ["R2"],
    holds: each((run, { timeout }) => expect(run.template.timeout).toBe(timeout)),
  },
  {
    name: "no request timeout cuts a socket before its declared lifetime, and none is above 3600 s",
    facts: ["R2", "W4"],
    holds: each((run, _, id) => {
      const seconds = Number(/^(\d+)s$/.exec(run.template.timeout as string)?.[1]);
      expect(seconds).toBeGreaterThanOrEqual(SOCKET_LIFETIMES[id] ?? 1);
      expect(seconds).toBeLessThanOrEqual(3600);
    }),
  },
  {
    name: "each instance holds the declared number of requests and sockets",
    facts: ["R1", "R6"],
    holds: each((run, { concurrency }) => expect(run.template.max_instance_request_concurrency).toBe(concurrency)),
  },
  {
    name: "each has the declared CPU and memory",
    facts: ["R6"],
    holds: eachContainer(({ resources }, { cpu, memory }) => expect(resources.limits).toEqual({ cpu, memory })),
  },
  {
    name: "each scales as declared, the environment's override before the service's own",
    facts: ["R6", "R19"],
    holds: each((run, { scaling }, _, environment) => {
      const [min, max] = scaling[environment];
      expect(run.template.scaling).toEqual({ min_instance_count: min, max_instance_count: max });
    }),
  },
  {
    name: "each has session affinity as declared, at Cloud Run and not at the load balancer",
    facts: ["R3", "S5"],
    holds: each((run, { sessionAffinity }) => expect(run.template.session_affinity).toBe(sessionAffinity)),
  },
  {
    name: "each gets the boost that shortens a handshake's wait",
    facts: ["R19"],
    holds: eachContainer(({ resources }) => expect(resources.startup_cpu_boost).toBe(true)),
  },
  {
    name: "each is asked before its first request, by its health path where it has one",
    facts: ["R19"],
    holds: eachContainer(({ startup_probe: probe }, { health, port }) => {
      const { period_seconds: _period, failure_threshold: _threshold, ...asks } = probe as Record<string, Json>;
      expect(asks).toEqual(health === undefined ? { tcp_socket: { port } } : { http_get: { path: health, port } });
    }),
  },
  {
    name: "each has two minutes to start",
    facts: ["R19"],
    holds: eachContainer(({ startup_probe: probe }) => {
      expect(probe.period_seconds * probe.failure_threshold).toBe(120);
      expect(probe.period_seconds).toBeLessThanOrEqual(240);
    }),
  },
  {
    name: "a restart, which cuts every socket, takes three minutes without an answer",
    facts: ["R19"],
    holds: eachContainer(({ liveness_probe: probe }, { health, port }) => {
      if (health === undefined) return expect(probe).toBeUndefined();
      expect(probe.http_get).toEqual({ path: health, port });
      expect(probe.period_seconds * probe.failure_threshold).toBeGreaterThanOrEqual(180);
      expect(probe.timeout_seconds).toBeLessThanOrEqual(probe.period_seconds as number);
    }),
  },
  {
    name: "each runs the declared image, by digest",
    facts: [],
    holds: eachContainer((container, { image }) => {
      expect(container.image).toBe(image);
      expect(container.image).toMatch(/@sha256:[0-9a-f]{64}$/);
    }),
  },
  {
    name: "each gets the declared variables, the environment's override first and its domain filled in",
    facts: [],
    holds: each((run, { env }, _, environment) => {
      const plain = ((run.template.containers[0].env ?? []) as Json[]).filter((one) => one.value !== undefined);
      expect(Object.fromEntries(plain.map(({ name, value }) => [name, value]))).toEqual(env[environment]);
    }),
  },
  {
    name: "each revision is named by its service and generation",
    facts: ["R20"],
    holds: (terraform, environment) => {
      for (const id of SERVICE_IDS) {
        const generation = terraform.output.generations.value[id] as string;
        expect(generation).toMatch(/^[0-9a-f]{8}$/);
        expect(runOf(terraform, id)[1].template.revision).toBe(`${prefixOf(environment)}-${id}-${generation}`);
      }
    },
  },
  {
    name: "all traffic goes to a revision by name, never to the latest",
    facts: ["R20"],
    holds: each((run, _, __, environment) => {
      const { revision } = run.template as { revision: string };
      const tag = environment === "production" ? { tag: `g-${revision.slice(-8)}` } : {};
      expect(run.traffic).toEqual([{ type: REVISION, revision, percent: 100, ...tag }]);
    }),
  },
  {
    name: "production refuses to delete a service, staging does not",
    facts: [],
    holds: each((run, _, __, environment) => expect(run.deletion_protection).toBe(environment === "production")),
  },
  {
    name: "no service joins a mesh or an execution environment that would answer in its place",
    facts: ["R22"],
    holds: each((run) => {
      expect(Object.keys(run.template as object).sort()).toEqual([
        "containers",
        "max_instance_request_concurrency",
        "revision",
        "scaling",
        "service_account",
        "session_affinity",
        "timeout",
      ]);
    }),
  },
];
