import { describe, expect, it } from "vitest";
import { REFERENCE, contractOf, edit, itRefuses, problemsOf } from "../support/builders.ts";
import type { BadContract } from "../support/builders.ts";

const HEADER_IDS =
  "authorization, session-token, session-cookie, client-address, request-source, test-bypass, identity";

/** The WebSocket's service is checked by IAM, and its clients can send what IAM needs. */
const CHECKED_BY_IAM = [
  ["    session-affinity: true\n", "    access: iam\n    invokers: [allUsers]\n"],
  ['send: "Bearer ${token}", arrives: unchanged', 'send: "Bearer ${token}", arrives: present'],
  ["clients: [browser, native]", "clients: [native]"],
].reduce((text, [from, to]) => edit(text, from!, to!), REFERENCE);

const CONTRADICTIONS: readonly BadContract[] = [
  {
    name: "a service that is not declared",
    from: "service: auth\n",
    to: "service: auht\n",
    stands: "auht",
    says: [
      "headgate.yaml:52:14  routes[3].service: no such entry under services",
      '    value  "auht"',
      "    try    auth",
      "    valid  backend, auth, frontend",
    ],
  },
  {
    name: "a service named like a property of every object",
    from: "service: auth\n",
    to: "service: constructor\n",
    stands: "constructor",
    says: [
      "headgate.yaml:52:14  routes[3].service: no such entry under services",
      '    value  "constructor"',
      "    valid  backend, auth, frontend",
    ],
  },
  {
    name: "a header that is not declared",
    from: "[authorization, session-cookie, client-address",
    to: "[authorisation, session-cookie, client-address",
    stands: "authorisation",
    says: [
      "headgate.yaml:45:15  routes[1].headers[0]: no such entry under headers",
      '    value  "authorisation"',
      "    try    authorization",
      `    valid  ${HEADER_IDS}`,
    ],
  },
  {
    name: "a flow that is not declared, where there is none",
    from: "priority: P1",
    to: "flow: agent-run",
    stands: "agent-run",
    says: ["headgate.yaml:41:11  routes[0].flow: no such entry under flows", '    value  "agent-run"'],
  },
  {
    name: "a path that another route of the host has",
    from: "paths: [/api/*]",
    to: "paths: [/api/*, /ws]",
    stands: "/ws]",
    says: [
      "headgate.yaml:43:21  routes[1].paths[1]: duplicate route: routes[0] declares api.${domain} /ws already",
      '    value  "/ws"',
    ],
  },
  {
    name: "a path that stands twice in one route",
    from: "paths: [/api/*]",
    to: "paths: [/api/*, /api/*]",
    stands: "/api/*]",
    says: [
      "headgate.yaml:43:21  routes[1].paths[1]: duplicate route: routes[1] declares api.${domain} /api/* already",
      '    value  "/api/*"',
    ],
  },
  {
    name: "a header that is listed twice",
    from: "client-address, request-source, test-bypass, identity]",
    to: "client-address, request-source, identity, identity]",
    stands: "identity]",
    says: ["headgate.yaml:45:88  routes[1].headers[5]: the header is listed twice", '    value  "identity"'],
  },
  {
    name: "a timeout beyond that of Cloud Run",
    from: "timeout: 3600s",
    to: "timeout: 61m",
    stands: "61m",
    says: [
      "headgate.yaml:22:14  services.backend.timeout: Cloud Run's longest request timeout is 3600s",
      '    value  "61m"',
    ],
  },
  {
    name: "a lifetime beyond the timeout of the service",
    from: "timeout: 3600s",
    to: "timeout: 30m",
    stands: "3600s",
    says: [
      "headgate.yaml:40:15  routes[0].lifetime: is longer than the timeout of service backend (30m), which ends every WebSocket",
      '    value  "3600s"',
    ],
  },
  {
    name: "more instances at least than at most",
    from: "min-instances: 1",
    to: "min-instances: 11",
    stands: "11",
    says: ["headgate.yaml:24:20  services.backend.min-instances: is more than max-instances (10)", "    value  11"],
  },
  {
    name: "access: iam on a WebSocket route for browsers",
    of: CHECKED_BY_IAM,
    from: "clients: [native]",
    to: "clients: [browser, native]",
    stands: "[browser, native]",
    says: [
      "headgate.yaml:39:14  routes[0].clients: service backend has access: iam, and a browser cannot send an IAM token on an upgrade",
      '    value  ["browser","native"]',
    ],
    accepts: "clients: [native]",
  },
  {
    name: "header credentials alone on a WebSocket route for browsers",
    from: "[authorization, session-token, session-cookie, request-source,",
    to: "[authorization, request-source,",
    stands: "[browser, native]",
    says: [
      "headgate.yaml:38:14  routes[0].clients: every credential of this route is a header that a browser cannot send on an upgrade; add a cookie or a Sec-WebSocket-Protocol entry",
      '    value  ["browser","native"]',
    ],
  },
];

describe("parts that contradict each other", () => {
  itRefuses("are refused where the contradiction stands", CONTRADICTIONS);

  it("are refused for a misspelt flow, with the one that was meant", () => {
    const text = `${edit(REFERENCE, "priority: P1", "flow: agent-rum")}flows: { agent-run: [{ close: 1000 }] }\n`;
    expect(problemsOf(text)).toMatchObject([
      { at: { line: 41, column: 11 }, path: "routes[0].flow", nearest: "agent-run", valid: ["agent-run"] },
    ]);
  });

  it("are refused for a host with a variable that no environment has", () => {
    expect(problemsOf(edit(REFERENCE, "host: auth.${domain}", "host: auth.${region}"))).toMatchObject([
      { at: { line: 50, column: 11 }, path: "routes[3].host" },
    ]);
  });

  it("are refused for two headers of one route whose names differ in case alone", () => {
    const text = edit(REFERENCE, "identity: { name: X-User-Id", "identity: { name: x-e2e-bypass");
    expect(problemsOf(text)[0]).toMatchObject({
      at: { line: 39, column: 90 },
      path: "routes[0].headers[5]",
      message: "two headers of one route have the same name",
      value: '"identity"',
    });
  });

  it("are told although the same part has an unknown key too", () => {
    const text = edit(REFERENCE, "    service: auth\n", "    service: auht\n    protocl: http\n");
    expect(problemsOf(text).map(({ path }) => path)).toEqual(["routes[3].service", "routes[3].protocl"]);
  });

  it("are told although another part is broken too", () => {
    const text = edit(edit(REFERENCE, "service: auth\n", "service: auht\n"), "port: 8000", "port: eighty");
    expect(problemsOf(text).map(({ path }) => path)).toEqual(["services.backend.port", "routes[3].service"]);
  });
});

describe("parts that only look as if they contradict each other", () => {
  it("are accepted: access: iam on a plain route for browsers", () => {
    const text = edit(edit(CHECKED_BY_IAM, "    protocol: websocket\n", ""), "[native]", "[browser, native]");
    expect(contractOf(text).services["backend"]!.access).toBe("iam");
  });

  it("are accepted: a route for browsers with a cookie beside the header token", () => {
    const text = edit(REFERENCE, "[authorization, session-token, session-cookie,", "[authorization, session-cookie,");
    expect(contractOf(text).routes[0]!.headers).toContain("authorization");
  });

  it("are accepted: a lifetime as long as the timeout", () => {
    expect(contractOf(edit(REFERENCE, "lifetime: 3600s", "lifetime: 60m")).routes[0]!.lifetimeMs).toBe(3_600_000);
  });

  it("are accepted: the same path on another host", () => {
    const text = `${REFERENCE}  - { host: "ws.\${domain}", paths: [/ws, /*], service: backend }\n`;
    expect(contractOf(text).routes).toHaveLength(6);
  });

  it("are accepted: a header that one route forbids under a name that another lets through", () => {
    const text = edit(
      edit(REFERENCE, "  identity: {", "  no-cookie: { name: cookie, arrives: never }\n  identity: {"),
      "  - host: app.${domain}\n    paths: [/*]\n    service: frontend\n    headers: [session-cookie,",
      "  - host: app.${domain}\n    paths: [/*]\n    service: frontend\n    headers: [no-cookie,",
    );
    expect(contractOf(text).headers["no-cookie"]!.arrives).toEqual({ kind: "never" });
  });
});
