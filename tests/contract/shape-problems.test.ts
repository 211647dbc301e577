import { describe, expect, it } from "vitest";
import { pathText, valueText } from "../../contract/shape-problems.ts";
import { FILE, REFERENCE, edit, itRefuses, problemsOf } from "../support/builders.ts";
import type { BadContract } from "../support/builders.ts";

const UNKNOWN_KEYS: readonly BadContract[] = [
  {
    name: "at the top",
    from: "version: 1\n",
    to: "version: 1\nenvironment: {}\n",
    stands: "environment: {}",
    says: [
      "headgate.yaml:4:1  environment: unknown key",
      '    value  "environment"',
      "    try    environments",
      "    valid  version, name, environments, headers, services, edge, routes, flows, budgets, waivers",
    ],
  },
  {
    name: "that YAML 1.1 would have merged",
    from: "version: 1\n",
    to: "version: 1\n<<: {}\n",
    stands: "<<: {}",
    says: [
      "headgate.yaml:4:1  <<: unknown key",
      '    value  "<<"',
      "    valid  version, name, environments, headers, services, edge, routes, flows, budgets, waivers",
    ],
  },
  {
    name: "in an environment",
    from: "domain: staging.example.com",
    to: "domain: staging.example.com, promtion: direct",
    stands: "promtion:",
    says: [
      "headgate.yaml:7:90  environments.staging.promtion: unknown key",
      '    value  "promtion"',
      "    try    promotion",
      "    valid  project, region, domain, promotion, dns, certificates, state, deletion-protection, receipt-age, preview, services",
    ],
  },
  {
    name: "in the names of an environment",
    from: "domain: staging.example.com",
    to: "domain: staging.example.com, dns: { zone: example-com, zne: x }",
    stands: "zne:",
    says: [
      "headgate.yaml:7:116  environments.staging.dns.zne: unknown key",
      '    value  "zne"',
      "    try    zone",
      "    valid  zone",
    ],
  },
  {
    name: "in a header",
    from: "name: Authorization, send:",
    to: "name: Authorization, snd:",
    stands: "snd:",
    says: [
      "headgate.yaml:10:41  headers.authorization.snd: unknown key",
      '    value  "snd"',
      "    try    send",
      "    valid  name, send, value, answer, arrives",
    ],
  },
  {
    name: "beside a pattern",
    from: '{ set: "^public-edge$" }',
    to: '{ set: "^public-edge$", sett: x }',
    stands: "sett:",
    says: [
      "headgate.yaml:14:98  headers.request-source.arrives.sett: unknown key",
      '    value  "sett"',
      "    try    set",
      "    valid  set",
    ],
  },
  {
    name: "in a service",
    from: "session-affinity: true",
    to: "session-afinity: true",
    stands: "session-afinity:",
    says: [
      "headgate.yaml:25:5  services.backend.session-afinity: unknown key",
      '    value  "session-afinity"',
      "    try    session-affinity",
      "    valid  address, image, port, timeout, concurrency, cpu, memory, min-instances, max-instances, session-affinity, health, access, invokers, env, secrets, required, vpc, cdn, witness",
    ],
  },
  {
    name: "in a route",
    from: "priority: P1",
    to: "priorty: P1",
    stands: "priorty:",
    says: [
      "headgate.yaml:41:5  routes[0].priorty: unknown key",
      '    value  "priorty"',
      "    try    priority",
      "    valid  host, paths, service, protocol, clients, headers, lifetime, flow, priority",
    ],
  },
  {
    name: "in the budgets",
    from: "version: 1\n",
    to: "version: 1\nbudgets: { handshake-p59: 400ms }\n",
    stands: "handshake-p59:",
    says: [
      "headgate.yaml:4:12  budgets.handshake-p59: unknown key",
      '    value  "handshake-p59"',
      "    try    handshake-p95",
      "    valid  handshake-p95, flow-p95, concurrent-sockets",
    ],
  },
  {
    name: "in a waiver",
    from: "version: 1\n",
    to: "version: 1\nwaivers:\n  - { rule: r, target: t, reason: r, owner: o, expires: 2027-03-31, until: x }\n",
    stands: "until:",
    says: [
      "headgate.yaml:5:69  waivers[0].until: unknown key",
      '    value  "until"',
      "    valid  rule, target, reason, owner, expires",
    ],
  },
];

describe("an unknown key", () => {
  itRefuses("is refused with its place and the keys that are known there", UNKNOWN_KEYS);

  it("in a step of a flow is refused at the key", () => {
    const text = `${REFERENCE}flows:\n  run:\n    - { expect: { type: ready }, witin: 5s }\n`;
    expect(problemsOf(text)).toMatchObject([
      { at: { line: 60, column: 34 }, path: "flows.run[0].witin", message: "unknown key", nearest: "within" },
    ]);
  });
});

const EMPTY_OR_MISSING: readonly BadContract[] = [
  {
    name: "a route without paths",
    from: "paths: [/api/*]",
    to: "paths: []",
    stands: "[]",
    says: ["headgate.yaml:43:12  routes[1].paths: must list at least one path", "    value  []"],
  },
  {
    name: "an empty list of headers",
    from: "headers: [authorization, session-cookie, request-source, test-bypass, identity]",
    to: "headers: []",
    stands: "[]",
    says: ["headgate.yaml:53:14  routes[3].headers: must list at least one header", "    value  []"],
  },
  {
    name: "an empty list of clients",
    from: "clients: [browser, native]",
    to: "clients: []",
    stands: "[]",
    says: ["headgate.yaml:38:14  routes[0].clients: must list at least one client", "    value  []"],
  },
  {
    name: "a flow without steps",
    from: "version: 1\n",
    to: "version: 1\nflows: { run: [] }\n",
    stands: "[]",
    says: ["headgate.yaml:4:15  flows.run: must list at least one step", "    value  []"],
  },
  {
    name: "a contract without a version",
    from: "version: 1\n",
    to: "",
    stands: "name: reference",
    says: ["headgate.yaml:3:1  version: is missing: the only version is 1"],
  },
  {
    name: "an environment without a domain",
    from: ", domain: staging.example.com",
    to: "",
    stands: "staging:",
    says: ["headgate.yaml:7:3  environments.staging.domain: is missing: must be text"],
  },
  {
    name: "a header without arrives",
    from: ', send: "203.0.113.7", arrives: appended',
    to: "",
    stands: "{ name: X-Forwarded-For }",
    says: [
      "headgate.yaml:13:19  headers.client-address.arrives: is missing",
      "    valid  unchanged, present, appended, never, { set: … }",
    ],
  },
  {
    name: "a route without a service",
    from: "    service: auth\n",
    to: "",
    stands: "host: auth.",
    says: ["headgate.yaml:50:5  routes[3].service: is missing: must be text"],
  },
];

describe("a key that nothing can have", () => {
  it.each([
    ["at the top", "name: reference\n", "name: reference\n__proto__: 1\n", 5, 1, "__proto__"],
    ["in place of an environment", "  staging: {", "  __proto__: {", 7, 3, "environments.__proto__"],
    [
      "inside a service",
      "    health: /health\n  auth:",
      "    env: { __proto__: x }\n  auth:",
      26,
      12,
      "services.backend.env.__proto__",
    ],
    [
      "inside a list",
      "  - host: auth.${domain}\n",
      "  - host: auth.${domain}\n    __proto__: x\n",
      51,
      5,
      "routes[3].__proto__",
    ],
  ])("is refused %s, and never lost in silence", (_, from, to, line, column, path) => {
    const message = "is a key that nothing can have";
    expect(problemsOf(edit(REFERENCE, from, to)).filter((each) => each.message === message)).toEqual([
      { at: { file: FILE, line, column }, path, message, value: '"__proto__"' },
    ]);
  });

  it("is found although the file holds itself", () => {
    const text = edit(REFERENCE, "name: reference\n", "name: reference\nwaivers: &own [*own, { __proto__: x }]\n");
    expect(problemsOf(text).map(({ path }) => path)).toContain("waivers[1].__proto__");
  });
});

describe("something that is empty or missing", () => {
  itRefuses("is refused at the nearest place that exists", EMPTY_OR_MISSING);

  it("is told of a contract without routes, services and environments, each by itself", () => {
    expect(problemsOf("version: 1\nname: reference\nenvironments: {}\nservices: {}\nroutes: []\n")).toMatchObject([
      { at: { line: 3, column: 15 }, path: "environments", message: "must declare at least one environment" },
      { at: { line: 4, column: 11 }, path: "services", message: "must declare at least one service" },
      { at: { line: 5, column: 9 }, path: "routes", message: "must list at least one route" },
    ]);
  });
});

describe("pathText", () => {
  it("says a path as a person would", () => {
    expect(pathText(["routes", 0, "headers", 1])).toBe("routes[0].headers[1]");
  });
});

describe("valueText", () => {
  it("gives a value of 60 characters whole", () => {
    expect(valueText("x".repeat(58))).toBe(`"${"x".repeat(58)}"`);
  });

  it("cuts a longer one and shows that it did", () => {
    expect(valueText("x".repeat(59))).toBe(`"${"x".repeat(56)}...`);
  });

  it("keeps a value of several lines on one", () => {
    expect(valueText("a\nb")).toBe('"a\\nb"');
  });
});
