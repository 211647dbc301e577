import { describe, expect, it } from "vitest";
import { EVERYTHING, REFERENCE, contractOf, edit, itRefuses, problemsOf } from "../support/builders.ts";
import type { BadContract } from "../support/builders.ts";

const SOCKETS = `${REFERENCE}budgets: { concurrent-sockets: 800 }\n`;

const CONTRADICTIONS: readonly BadContract[] = [
  {
    name: "a required variable that one environment gives no value",
    of: EVERYTHING,
    from: "      LOG_LEVEL: info\n",
    to: "",
    stands: "LOG_LEVEL,",
    says: [
      "headgate.yaml:62:16  services.backend.required[0]: has no value in environment staging",
      '    value  "LOG_LEVEL"',
    ],
    accepts: "      LOG_LEVEL: debug\n",
  },
  {
    name: "a required variable without a value in any environment",
    of: EVERYTHING,
    from: "required: [LOG_LEVEL,",
    to: "required: [LOGLEVEL, LOG_LEVEL,",
    stands: "LOGLEVEL, LOG_LEVEL,",
    says: [
      "headgate.yaml:63:16  services.backend.required[0]: has no value in environment staging",
      '    value  "LOGLEVEL"',
      "headgate.yaml:63:16  services.backend.required[0]: has no value in environment production",
      '    value  "LOGLEVEL"',
    ],
    accepts: "required: [LOG_LEVEL,",
  },
  {
    name: "an override of a service that is not declared",
    of: EVERYTHING,
    from: "    services:\n      backend:\n",
    to: "    services:\n      backnd:\n",
    stands: "backnd:",
    says: [
      "headgate.yaml:26:7  environments.production.services.backnd: no such entry under services",
      '    value  "backnd"',
      "    try    backend",
      "    valid  backend, reports, console, frontend",
    ],
    accepts: "    services:\n      frontend:\n",
  },
  {
    name: "an unknown variable in an overriding value",
    of: EVERYTHING,
    from: "api-${environment}",
    to: "api-${region}",
    stands: "api-${region}",
    says: [
      "headgate.yaml:29:24  environments.production.services.backend.env.TRACE_LABEL: unknown variable in a value; ${domain} and ${environment} are known",
      '    value  "region"',
    ],
    accepts: "api-${domain}",
  },
  {
    name: "a variable that an override gives a value and a secret",
    of: EVERYTHING,
    from: "          SESSION_KEY:\n            secret:",
    to: "          TRACE_LABEL:\n            secret:",
    stands: "TRACE_LABEL:",
    says: [
      "headgate.yaml:31:11  environments.production.services.backend.secrets.TRACE_LABEL: stands under env too; a variable has one source",
      '    value  "TRACE_LABEL"',
    ],
    accepts: "          TRACE_KEY:\n            secret:",
  },
  {
    name: "a value for what the service takes from a secret",
    of: EVERYTHING,
    from: "          TRACE_LABEL: api-${environment}\n        secrets:\n          SESSION_KEY:\n",
    to: "          SESSION_KEY: plain\n        secrets:\n          OTHER_KEY:\n",
    stands: "plain",
    says: [
      "headgate.yaml:29:24  environments.production.services.backend.env.SESSION_KEY: stands under secrets of the service; a variable has one source",
      '    value  "SESSION_KEY"',
    ],
    accepts: "          SESSION_LABEL: plain\n        secrets:\n          OTHER_KEY:\n",
  },
  {
    name: "a secret for what the service has a value for",
    of: EVERYTHING,
    from: "          SESSION_KEY:\n            secret:",
    to: "          PUBLIC_ORIGIN:\n            secret:",
    stands: "PUBLIC_ORIGIN:",
    says: [
      "headgate.yaml:31:11  environments.production.services.backend.secrets.PUBLIC_ORIGIN: stands under env of the service; a variable has one source",
      '    value  "PUBLIC_ORIGIN"',
    ],
  },
  {
    name: "more instances at least than at most, both from the override",
    of: EVERYTHING,
    from: "min-instances: 2\n        max",
    to: "min-instances: 41\n        max",
    stands: "backend:",
    says: [
      "headgate.yaml:26:7  environments.production.services.backend: min-instances 41 is more than max-instances 40",
    ],
    accepts: "min-instances: 40\n        max",
  },
  {
    name: "more instances at least in an override than at most in the service",
    of: EVERYTHING,
    from: "        min-instances: 2\n        max-instances: 40\n",
    to: "        min-instances: 21\n",
    stands: "backend:",
    says: [
      "headgate.yaml:26:7  environments.production.services.backend: min-instances 21 is more than max-instances 20",
    ],
    accepts: "        min-instances: 20\n",
  },
  {
    name: "fewer slots than sockets in an override",
    of: EVERYTHING,
    from: "max-instances: 40",
    to: "max-instances: 3",
    stands: "3",
    says: [
      "headgate.yaml:35:24  environments.production.services.backend.max-instances: 3 instances of 250 requests hold 750 sockets in production, and budgets.concurrent-sockets is 1000",
      "    value  3",
    ],
    accepts: "max-instances: 4",
  },
  {
    name: "fewer slots than sockets in the service",
    of: EVERYTHING,
    from: "max-instances: 20",
    to: "max-instances: 3",
    stands: "3",
    says: [
      "headgate.yaml:54:20  services.backend.max-instances: 3 instances of 250 requests hold 750 sockets in staging, and budgets.concurrent-sockets is 1000",
      "    value  3",
    ],
    accepts: "max-instances: 4",
  },
  {
    name: "fewer slots than sockets by default",
    of: SOCKETS,
    from: "sockets: 800",
    to: "sockets: 801",
    stands: "backend:",
    says: [
      "headgate.yaml:19:3  services.backend.max-instances: 10 instances of 80 requests hold 800 sockets in staging, and budgets.concurrent-sockets is 801",
      "    value  10",
    ],
    accepts: "sockets: 800",
  },
  {
    name: "a preview edge in an environment of one apply",
    of: EVERYTHING,
    from: "    promotion: preview\n",
    to: "    promotion: direct\n",
    stands: "preview:",
    says: ["headgate.yaml:20:5  environments.production.preview: goes with promotion: preview only"],
  },
  {
    name: "a promotion by preview without a preview edge",
    from: "domain: staging.example.com }",
    to: "domain: staging.example.com, promotion: preview }",
    stands: "preview }",
    says: [
      "headgate.yaml:7:101  environments.staging.promotion: needs `preview`: who may reach the preview edge, and its witness",
      '    value  "preview"',
    ],
    accepts: "domain: staging.example.com, promotion: direct }",
  },
];

describe("an environment that contradicts itself or a service", () => {
  itRefuses("is refused where the contradiction stands", CONTRADICTIONS);

  it("is told once of a service that contradicts itself, although it overrides something else of it", () => {
    const text = edit(EVERYTHING, "        min-instances: 2\n        max-instances: 40\n", "");
    expect(problemsOf(edit(text, "    min-instances: 1\n", "    min-instances: 21\n"))).toMatchObject([
      { path: "services.backend.min-instances", message: "is more than max-instances (20)" },
    ]);
  });

  it("is told of every environment whose slots are too few, each by itself", () => {
    const text = edit(EVERYTHING, "concurrency: 250", "concurrency: 20");
    expect(problemsOf(text).map(({ path }) => path)).toEqual([
      "environments.production.services.backend.max-instances",
      "services.backend.max-instances",
    ]);
  });

  it("is told of its override although the service itself is broken", () => {
    const text = edit(edit(EVERYTHING, "port: 8000", "port: 0"), "api-${environment}", "api-${region}");
    expect(problemsOf(text).map(({ path }) => path)).toEqual([
      "environments.production.services.backend.env.TRACE_LABEL",
      "services.backend.port",
    ]);
  });
});

describe("an environment that only looks as if it contradicted a service", () => {
  it("is accepted: a required variable that each environment gives in its own way", () => {
    const staging = "    domain: staging.example.com\n";
    const override = "    services: { backend: { secrets: { LOG_LEVEL: { secret: log-level, version: 1 } } } }\n";
    const text = edit(edit(EVERYTHING, "      LOG_LEVEL: info\n", ""), staging, staging + override);
    expect(Object.keys(contractOf(text).environments["staging"]!.services["backend"]!.secrets)).toEqual(["LOG_LEVEL"]);
  });

  it("is accepted: few slots in a service that no WebSocket route leads to", () => {
    const text = edit(EVERYTHING, "    services:\n", "    services:\n      frontend: { max-instances: 1 }\n");
    expect(contractOf(text).environments["production"]!.services["frontend"]!.maxInstances).toBe(1);
  });

  it("is accepted: an override of a service named like a property of every object", () => {
    const text = edit(REFERENCE, "  auth:\n    image", "  constructor:\n    image");
    const services = contractOf(edit(text, "service: auth\n", "service: constructor\n")).services;
    expect(Object.keys(services)).toContain("constructor");
  });
});
