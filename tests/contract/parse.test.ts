import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { formatProblem } from "../../contract/problem.ts";
import { EVERYTHING, FILE, REFERENCE, contractOf, edit, problemsOf } from "../support/builders.ts";

const at = (line: number, column: number) => ({ file: FILE, line, column });
const said = (text: string): string[] => problemsOf(text).flatMap((problem) => formatProblem(problem).split("\n"));

describe("parseContract of the reference contract", () => {
  const contract = contractOf(REFERENCE);

  it("gives a header with the place of its id and of its intent", () => {
    expect(contract.headers["authorization"]).toEqual({
      id: "authorization",
      name: "Authorization",
      send: "Bearer ${token}",
      arrives: { kind: "unchanged" },
      at: at(10, 3),
      arrivesAt: at(10, 75),
    });
  });

  it("gives the pattern and the value of a header that the edge writes", () => {
    expect(contract.headers["request-source"]).toMatchObject({
      value: "public-edge",
      arrives: { kind: "set", pattern: "^public-edge$" },
    });
  });

  it("gives a service with every default filled in", () => {
    expect(contract.services["frontend"]).toEqual({
      id: "frontend",
      image:
        "us-docker.pkg.dev/example/reference/frontend@sha256:7d3f2ce2e8cbc2d4eaf907b6c5d4e3f20b1ac9d8e7f6a5b4c3d2e1f0a9b8c7d6",
      port: 8080,
      timeoutMs: 300_000,
      concurrency: 80,
      cpu: "1",
      memory: "512Mi",
      minInstances: 0,
      maxInstances: 10,
      sessionAffinity: false,
      access: "app",
      invokers: [],
      env: {},
      secrets: {},
      cdn: false,
      witness: "service",
      at: at(30, 3),
    });
  });

  it("gives an environment with every default filled in", () => {
    expect(contract.environments).toEqual({
      staging: {
        id: "staging",
        project: "example-staging",
        region: "us-central1",
        domain: "staging.example.com",
        promotion: "direct",
        dns: "external",
        certificates: "per-host",
        state: "local",
        deletionProtection: false,
        receiptAgeMs: 900_000,
        services: {},
        at: at(7, 3),
      },
    });
  });

  it("gives a route with its name and the place of each path", () => {
    expect(contract.routes[0]).toEqual({
      id: "api.${domain} /ws /ws/*",
      host: "api.${domain}",
      paths: ["/ws", "/ws/*"],
      service: "backend",
      protocol: "websocket",
      clients: ["browser", "native"],
      headers: ["authorization", "session-token", "session-cookie", "request-source", "test-bypass", "identity"],
      lifetimeMs: 3_600_000,
      priority: "P1",
      at: at(34, 5),
      pathsAt: [at(35, 13), at(35, 18)],
    });
  });

  it("gives a route the defaults of a plain one", () => {
    expect(contract.routes[1]).toMatchObject({ protocol: "http", clients: ["native"] });
  });

  it("carries the digest of the text it was read from", () => {
    expect(contract.digest).toBe(createHash("sha256").update(REFERENCE).digest("hex"));
  });
});

describe("parseContract of a contract that uses everything", () => {
  const contract = contractOf(EVERYTHING);

  it("gives every environment, with where it stands and what it changes", () => {
    expect(contract.environments["staging"]).toMatchObject({ promotion: "direct", at: at(7, 3) });
    expect(contract.environments["production"]).toEqual({
      id: "production",
      project: "example-production",
      region: "europe-west1",
      domain: "example.com",
      promotion: "preview",
      dns: { zone: "example-com" },
      certificates: "certificate-manager",
      state: { gcs: "example-terraform" },
      deletionProtection: true,
      receiptAgeMs: 900_000,
      preview: {
        allow: ["203.0.113.0/24", "2001:db8::/32"],
        witness: {
          image: "registry.example.com/witness@sha256:9f5b4ae40ad1e4f60c1129d8e7f605b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8",
          key: { secret: "projects/example-shared/secrets/headgate-key", version: "7" },
        },
      },
      services: {
        backend: {
          env: { LOG_LEVEL: "warning", TRACE_LABEL: "api-${environment}" },
          secrets: { SESSION_KEY: { secret: "session-key", version: "4" } },
          minInstances: 2,
          maxInstances: 40,
        },
      },
      at: at(11, 3),
    });
  });

  it("gives an override without the numbers that it leaves alone", () => {
    const text = edit(EVERYTHING, "        min-instances: 2\n        max-instances: 40\n", "");
    expect(contractOf(text).environments["production"]!.services["backend"]).toEqual({
      env: { LOG_LEVEL: "warning", TRACE_LABEL: "api-${environment}" },
      secrets: { SESSION_KEY: { secret: "session-key", version: "4" } },
    });
  });

  it("gives every header, one without a template too", () => {
    expect(Object.keys(contract.headers)).toEqual([
      "authorization",
      "platform-token",
      "session-token",
      "client-address",
      "client-place",
      "test-bypass",
    ]);
    expect(contract.headers["client-address"]).not.toHaveProperty("send");
    expect(contract.headers["session-token"]).toMatchObject({ answer: "jwt-auth", arrives: { kind: "unchanged" } });
  });

  it("gives what is said about a service", () => {
    expect(contract.services["backend"]).toEqual({
      id: "backend",
      image: "registry.example.com/backend@sha256:3b1f0ad0c6a9a0b2c8d7e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4",
      port: 8000,
      timeoutMs: 3_600_000,
      concurrency: 250,
      cpu: "2",
      memory: "1Gi",
      minInstances: 1,
      maxInstances: 20,
      sessionAffinity: true,
      health: "/health",
      access: "app",
      invokers: [],
      env: { LOG_LEVEL: "info", PUBLIC_ORIGIN: "https://app.${domain}" },
      secrets: { SESSION_KEY: { secret: "session-key", version: "3" } },
      vpc: { network: "main", subnetwork: "services", egress: "all-traffic" },
      cdn: false,
      witness: "application",
      at: at(46, 3),
    });
  });

  it("gives who may call a service, where its Terraform is, and whether a cache stands before it", () => {
    expect(contract.services).toMatchObject({
      reports: { access: "iam", invokers: ["serviceAccount:reports@example-shared.iam.gserviceaccount.com"] },
      console: { access: "iap", invokers: ["group:staff@example.com", "domain:example.com"] },
      frontend: { address: "google_cloud_run_v2_service.web", cdn: true },
    });
    expect(contract.services["frontend"]).not.toHaveProperty("image");
  });

  it("gives a network whose egress is not said the private ranges", () => {
    const text = edit(EVERYTHING, ", egress: all-traffic", "");
    expect(contractOf(text).services["backend"]!.vpc!.egress).toBe("private-ranges");
  });

  it("gives what the edge does beside routing", () => {
    expect(contract.edge).toEqual({
      waf: "enforce",
      rateLimit: { requests: 400, perSeconds: 10 },
      requestLogging: 0.25,
    });
  });

  it("gives every route of the host", () => {
    expect(contract.routes.slice(0, 3)).toMatchObject([
      { id: "api.${domain} /ws /ws/*", flow: "agent-run", lifetimeMs: 3_600_000, at: at(84, 5) },
      { id: "api.${domain} /reports/*", service: "reports", at: at(93, 5) },
      { id: "api.${domain} /*", headers: ["authorization", "client-address", "client-place", "test-bypass"] },
    ]);
  });

  it("gives the steps of a flow with their deadlines", () => {
    expect(contract.flows["agent-run"]).toEqual([
      { kind: "expect", message: { type: "connection_established" }, withinMs: 5000 },
      { kind: "send", message: { type: "execute_agent", message: "ping" } },
      {
        kind: "expect-in-order",
        types: ["agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"],
        withinMs: 30_000,
      },
      { kind: "close", code: 1000 },
    ]);
  });

  it("gives the budgets in milliseconds and sockets", () => {
    expect(contract.budgets).toEqual({ handshakeP95Ms: 400, flowP95Ms: 2000, concurrentSockets: 1000 });
  });

  it("gives a waiver with its last day as it is written", () => {
    expect(contract.waivers).toMatchObject([{ rule: "header-never", expires: "2027-03-31", at: at(122, 5) }]);
  });
});

describe("parseContract of a contract without the optional parts", () => {
  it("leaves them empty", () => {
    expect(contractOf(REFERENCE)).toMatchObject({ flows: {}, budgets: {}, waivers: [] });
  });

  it("gives the edge a rule set that only logs, a limit that honest clients stay below, and every request logged", () => {
    expect(contractOf(REFERENCE).edge).toEqual({
      waf: "preview",
      rateLimit: { requests: 1000, perSeconds: 60 },
      requestLogging: 1,
    });
  });

  it("gives each key of the edge its default by itself", () => {
    expect(contractOf(`${REFERENCE}edge: { waf: off }\n`).edge).toEqual({
      waf: "off",
      rateLimit: { requests: 1000, perSeconds: 60 },
      requestLogging: 1,
    });
  });

  it.each([
    [456, 1000],
    [457, 1002],
    [800, 1688],
  ])("gives a limit that lets %i sockets reconnect", (sockets, requests) => {
    const text = `${REFERENCE}budgets: { concurrent-sockets: ${sockets} }\n`;
    expect(contractOf(text).edge.rateLimit).toEqual({ requests, perSeconds: 60 });
  });
});

describe("parseContract of a file that declares nothing", () => {
  for (const [what, text] of [
    ["no text", ""],
    ["blank lines", "\n\n"],
    ["comments alone", "# nothing\n"],
    ["an explicit null", "null\n"],
  ] as const) {
    it(`says what is needed: ${what}`, () => {
      expect(problemsOf(text).map(({ message }) => message)).toEqual([
        "the contract is empty; it needs version, name, environments, services and routes",
      ]);
    });
  }

  it("names the file's beginning when it is empty", () => {
    expect(said("")).toEqual([
      "headgate.yaml:1:1  the contract is empty; it needs version, name, environments, services and routes",
    ]);
  });

  it("asks for a mapping in place of a text", () => {
    expect(said("hello\n")).toEqual(["headgate.yaml:1:1  must be a mapping", '    value  "hello"']);
  });

  it("asks for a mapping in place of a list", () => {
    expect(said("- a\n")).toEqual(["headgate.yaml:1:1  must be a mapping", '    value  ["a"]']);
  });
});

describe("parseContract of a contract with several problems", () => {
  it("says all of them at once, in file order, whatever found them", () => {
    let text = edit(REFERENCE, "version: 1\n", "version: 2\n");
    text = edit(text, "arrives: appended", "arrives: apended");
    text = edit(text, "timeout: 3600s", "timeout: 2h");
    text = edit(text, "service: auth\n", "service: auht\n");
    text = edit(text, "  - host: app.${domain}\n", "  - host: app.${domain}\n    protocl: http\n");
    expect(said(text)).toEqual([
      "headgate.yaml:3:10  version: is not one of the valid choices",
      "    value  2",
      "    valid  1",
      "headgate.yaml:13:74  headers.client-address.arrives: is not one of the valid choices",
      '    value  "apended"',
      "    try    appended",
      "    valid  unchanged, present, appended, never, { set: … }",
      "headgate.yaml:22:14  services.backend.timeout: Cloud Run's longest request timeout is 3600s",
      '    value  "2h"',
      "headgate.yaml:52:14  routes[3].service: no such entry under services",
      '    value  "auht"',
      "    try    auth",
      "    valid  backend, auth, frontend",
      "headgate.yaml:55:5  routes[4].protocl: unknown key",
      '    value  "protocl"',
      "    try    protocol",
      "    valid  host, paths, service, protocol, clients, headers, lifetime, flow, priority",
    ]);
  });
});
