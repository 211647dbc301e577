import { describe, expect, it } from "vitest";
import { canonicalContract } from "../../contract/canonical.ts";
import { STAMP_HEADER, stampOf } from "../../contract/stamp.ts";
import type { Stamped } from "../../contract/stamp.ts";
import { EVERYTHING, REFERENCE, contractOf, edit, environmentOf } from "../support/builders.ts";

function stamp(text: string, more: Partial<Stamped> = {}, environment = "production"): string {
  const parsed = contractOf(text);
  const contract = canonicalContract(parsed, environmentOf(parsed, environment));
  return stampOf({ contract, generations: { backend: "0a1b2c3d" }, tool: "1.2.3", ...more });
}

const STAMP = stamp(EVERYTHING);

describe("stampOf", () => {
  it("is a digest that fits into a header", () => {
    expect(STAMP).toMatch(/^[0-9a-f]{64}$/);
    expect(STAMP_HEADER).toBe("X-Headgate-Stamp");
  });

  it.each([
    ["a header's name", "name: X-Client-Place", "name: X-Client-Region"],
    ["what a header must do", "name: X-E2E-Bypass, arrives: never", "name: X-E2E-Bypass, arrives: unchanged"],
    ["a header of a route", "[authorization, client-address, client-place,", "[authorization, client-address,"],
    ["the order of a route's headers", "[authorization, client-address,", "[client-address, authorization,"],
    ["a path", "paths: [/reports/*]", "paths: [/reports/*, /report]"],
    ["an image", "reports@sha256:5c2e", "reports@sha256:5c2f"],
    ["a declared value that holds here too", "https://app.${domain}", "https://web.${domain}"],
    ["an override", "max-instances: 40", "max-instances: 41"],
    ["a secret's version", "            version: 4", "            version: 5"],
    ["the domain", "domain: example.com\n", "domain: example.org\n"],
    ["who may reach the preview edge", "203.0.113.0/24", "203.0.113.0/25"],
    ["who may call a service", '"group:staff@example.com", ', ""],
    ["the rule set", "waf: enforce", "waf: preview"],
    ["the rate limit", "requests: 400", "requests: 401"],
    ["the contract's name", "name: everything", "name: something"],
  ])("changes with %s", (_, from, to) => {
    expect(stamp(edit(EVERYTHING, from, to))).not.toBe(STAMP);
  });

  it.each([
    ["a comment", "version: 1\n", "version: 1 # the only one\n\n"],
    ["a waiver", "reason: until the client is gone", "reason: for good"],
    ["a budget of time", "handshake-p95: 400ms", "handshake-p95: 200ms"],
    ["a budget of sockets where the rate limit is written", "concurrent-sockets: 1000", "concurrent-sockets: 999"],
    ["a flow", "- close: 1000", "- close: 3000"],
    ["the flow of a route", "    flow: agent-run\n", ""],
    ["the priority of a route", "priority: P1", "priority: P2"],
    ["another environment", "domain: staging.example.com", "domain: test.example.com"],
    ["a declared value that is overridden here", "LOG_LEVEL: info", "LOG_LEVEL: debug"],
    ["what is required", "required: [LOG_LEVEL, ", "required: ["],
    ["a default that is written out", "    cdn: true\n", "    cdn: true\n    port: 8080\n"],
    ["a duration in other words", "timeout: 3600s", "timeout: 1h"],
    ["the order of keys", "{ network: main, subnetwork: services,", "{ subnetwork: services, network: main,"],
    [
      "the order of headers, services and variables",
      "      LOG_LEVEL: info\n      PUBLIC_ORIGIN: https://app.${domain}\n",
      "      PUBLIC_ORIGIN: https://app.${domain}\n      LOG_LEVEL: info\n",
    ],
  ])("does not change with %s", (_, from, to) => {
    expect(stamp(edit(EVERYTHING, from, to))).toBe(STAMP);
  });

  it("does not change with the order of the parts", () => {
    const bypass = "  test-bypass: { name: X-E2E-Bypass, arrives: never }\n";
    const moved = edit(edit(EVERYTHING, bypass, ""), "headers:\n  authorization", `headers:\n${bypass}  authorization`);
    expect(stamp(moved)).toBe(STAMP);
  });

  it("changes with the sockets from which a rate limit follows that is not written", () => {
    const sockets = (count: number): string => `${REFERENCE}budgets: { concurrent-sockets: ${count} }\n`;
    expect(stamp(sockets(600), {}, "staging")).not.toBe(stamp(sockets(700), {}, "staging"));
    expect(stamp(sockets(100), {}, "staging")).toBe(stamp(sockets(200), {}, "staging"));
  });

  it("changes with a generation, and with a service that has none", () => {
    expect(stamp(EVERYTHING, { generations: { backend: "0a1b2c3e" } })).not.toBe(STAMP);
    expect(stamp(EVERYTHING, { generations: {} })).not.toBe(STAMP);
  });

  it("does not change with the order of the generations", () => {
    const generations = { backend: "0a1b2c3d", reports: "00000000" };
    const turned = { reports: "00000000", backend: "0a1b2c3d" };
    expect(stamp(EVERYTHING, { generations: turned })).toBe(stamp(EVERYTHING, { generations }));
  });

  it("changes with the version of the tool", () => {
    expect(stamp(EVERYTHING, { tool: "1.2.4" })).not.toBe(STAMP);
  });

  it("differs between environments", () => {
    expect(stamp(EVERYTHING, {}, "staging")).not.toBe(STAMP);
  });
});
