import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { formatProblem } from "../../contract/problem.ts";
import { FILE, REFERENCE, contractOf, edit, problemsOf } from "../support/builders.ts";

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

const DIGEST = "3b1f0ad0c6a9a0b2c8d7e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4";
const COMPLETE = `version: 1
name: reference
environments:
  staging:    { project: example-staging, region: us-central1, domain: staging.example.com }
  production: { project: example, region: us-central1, domain: example.com, promotion: preview, dns: { zone: example } }

headers:
  authorization:   { name: Authorization, send: "Bearer \${token}", arrives: unchanged }
  session-token:   { name: Sec-WebSocket-Protocol, send: "jwt-auth, jwt.\${token:base64url}", arrives: unchanged, answer: jwt-auth }
  client-address:  { name: X-Forwarded-For, arrives: appended }
  test-bypass:     { name: X-E2E-Bypass, arrives: never }
  identity:        { name: X-User-Id, arrives: never }

services:
  backend:  { image: registry.example.com/backend@sha256:${DIGEST}, port: 8000, timeout: 3600s, concurrency: 80, min-instances: 1, session-affinity: true, health: /health, access: app }
  auth:     { image: registry.example.com/auth@sha256:${DIGEST}, access: iam }
  frontend: { image: registry.example.com/frontend@sha256:${DIGEST}, address: google_cloud_run_v2_service.web }

routes:
  - host: api.\${domain}
    paths: [/ws, /ws/*]
    service: backend
    protocol: websocket
    clients: [browser, native]
    headers: [authorization, session-token, test-bypass, identity]
    lifetime: 3600s
    flow: agent-run
    priority: P1
  - { host: "api.\${domain}", paths: [/*], service: backend, headers: [authorization, client-address, test-bypass] }

flows:
  agent-run:
    - expect: { type: connection_established }
      within: 5s
    - send: { type: execute_agent, message: "ping" }
    - expect-in-order: [agent_started, agent_thinking, tool_executing, tool_completed, agent_completed]
      within: 30s
    - close: 1000

budgets: { handshake-p95: 400ms, flow-p95: 2s, concurrent-sockets: 20 }
waivers:
  - { rule: header-never, target: api, reason: until the client is gone, owner: platform, expires: 2027-03-31 }
`;

describe("parseContract of a contract that uses everything", () => {
  const contract = contractOf(COMPLETE);

  it("gives every environment with who promotes it and who owns its names", () => {
    expect(Object.values(contract.environments)).toMatchObject([
      { id: "staging", promotion: "direct", dns: "external", at: at(4, 3) },
      { id: "production", promotion: "preview", dns: { zone: "example" }, at: at(5, 3) },
    ]);
  });

  it("gives every header, one without a template too", () => {
    expect(Object.keys(contract.headers)).toEqual([
      "authorization",
      "session-token",
      "client-address",
      "test-bypass",
      "identity",
    ]);
    expect(contract.headers["client-address"]).not.toHaveProperty("send");
    expect(contract.headers["session-token"]).toMatchObject({ answer: "jwt-auth", arrives: { kind: "unchanged" } });
  });

  it("gives what is said about a service", () => {
    expect(contract.services["backend"]).toMatchObject({
      port: 8000,
      timeoutMs: 3_600_000,
      minInstances: 1,
      sessionAffinity: true,
      health: "/health",
      access: "app",
    });
    expect(contract.services["auth"]!.access).toBe("iam");
    expect(contract.services["frontend"]!.address).toBe("google_cloud_run_v2_service.web");
  });

  it("gives both routes of the host", () => {
    expect(contract.routes).toMatchObject([
      { id: "api.${domain} /ws /ws/*", flow: "agent-run", lifetimeMs: 3_600_000, at: at(20, 5) },
      { id: "api.${domain} /*", headers: ["authorization", "client-address", "test-bypass"], at: at(29, 5) },
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
    expect(contract.budgets).toEqual({ handshakeP95Ms: 400, flowP95Ms: 2000, concurrentSockets: 20 });
  });

  it("gives a waiver with its last day as it is written", () => {
    expect(contract.waivers).toMatchObject([{ rule: "header-never", expires: "2027-03-31", at: at(42, 5) }]);
  });
});

describe("parseContract of a contract without the optional parts", () => {
  it("leaves them empty", () => {
    expect(contractOf(REFERENCE)).toMatchObject({ flows: {}, budgets: {}, waivers: [] });
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
