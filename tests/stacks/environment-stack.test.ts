import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../contract/canonical.ts";
import type { ReleaseEntry } from "../../contract/release.ts";
import { edit } from "../support/builders.ts";
import { backendOf, backendReference, routingMap, runServiceOf } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { SYSTEM, all, synthesize, system } from "./synthesize.ts";
import type { Synthesized } from "./synthesize.ts";

const TRIAL = synthesize(SYSTEM).terraform;
const API_IMAGE = "api@sha256:1111";

/** Small system with one more route, which a test appends. */
const withRoute = (route: string): string => `${SYSTEM}  - ${route}\n`;
const NEW_HOST = withRoute('{ host: "new.${domain}", paths: [/*], service: web }');

function firstRule(terraform: Json): Json {
  return routingMap(terraform).path_matcher[0].route_rules[0];
}

describe("a change of the contract", () => {
  it.each([
    ["a comment", edit(SYSTEM, "# A small system", "# A tiny system")],
    ["a budget", `${SYSTEM}\nbudgets: { handshake-p95: 400ms }\n`],
    ["the priority of a route", edit(SYSTEM, "    lifetime: 3600s\n", "    lifetime: 3600s\n    priority: P1\n")],
    ["another environment's", edit(SYSTEM, "example-live", "example-other")],
  ])("changes no byte when it is only %s", (_, text) => {
    expect(synthesize(text).text).toBe(synthesize(SYSTEM).text);
  });

  it("is the same infrastructure in whatever order headers and services stand, in the contract and in a release", () => {
    const turned = system(
      ["  identity: {", "  a-first: { name: X-First, arrives: never }\n  identity: {"],
      ["    headers: [authorization, source, identity]", "    headers: [authorization, source, identity, a-first]"],
    );
    const line = "  a-first: { name: X-First, arrives: never }\n";
    const moved = turned.replace(line, "").replace("headers:\n", `headers:\n${line}`);
    expect(moved).not.toBe(turned);
    const [one, other] = [synthesize(turned, "live"), synthesize(moved, "live")];
    expect(other.text).toBe(one.text);
    const released = JSON.parse(canonicalJson(one.candidate)) as ReleaseEntry;
    expect(synthesize(turned, "live", { live: released, kept: [] }).text).toBe(one.text);
  });

  it("gives the same bytes for the same contract, in both environments", () => {
    for (const environment of ["trial", "live"])
      expect(synthesize(SYSTEM, environment).text).toBe(synthesize(SYSTEM, environment).text);
  });

  it.each([
    ["image", [API_IMAGE, "api@sha256:4111"]],
    ["variables", ["MODE: plain", "MODE: fast"]],
    ["secrets", ["{ secret: api-key, version: 1 }", "{ secret: api-key, version: 2 }"]],
    ["timeout", ["    timeout: 3600s\n", "    timeout: 3599s\n"]],
  ] as const)(
    "of a service's %s makes another generation, and with it another NEG and backend service",
    (what, [from, to]) => {
      const text =
        what === "timeout" ? edit(system([from, to]), "lifetime: 3600s", "lifetime: 3599s") : system([from, to]);
      const changed = synthesize(text).terraform;
      expect(changed.output.generations.value.api).not.toBe(TRIAL.output.generations.value.api);
      expect(runServiceOf(changed, "api").template.revision).not.toBe(runServiceOf(TRIAL, "api").template.revision);
      expect(backendReference(changed, "api")).not.toBe(backendReference(TRIAL, "api"));
      expect(backendOf(changed, "api").name).not.toBe(backendOf(TRIAL, "api").name);
    },
  );

  it("of a service leaves every other service as it was", () => {
    const changed = synthesize(system([API_IMAGE, "api@sha256:4111"])).terraform;
    expect(runServiceOf(changed, "web")).toEqual(runServiceOf(TRIAL, "web"));
    expect(backendOf(changed, "web")).toEqual(backendOf(TRIAL, "web"));
    expect(backendReference(changed, "web")).toBe(backendReference(TRIAL, "web"));
  });

  it("of what the edge does makes another backend service, and leaves the generation", () => {
    const changed = synthesize(`${SYSTEM}\nedge: { waf: enforce }\n`).terraform;
    expect(changed.output.generations).toEqual(TRIAL.output.generations);
    expect(backendReference(changed, "api")).not.toBe(backendReference(TRIAL, "api"));
  });

  it("of anything on the header path changes the stamp", () => {
    const stamps = [
      SYSTEM,
      system([API_IMAGE, "api@sha256:4111"]),
      system(["value: edge", "value: edge-two"]),
      NEW_HOST,
    ].map((text) => synthesize(text).terraform.output.stamp.value as string);
    expect(new Set(stamps).size).toBe(stamps.length);
  });
});

describe("headers", () => {
  it("are removed only at the routes that forbid them when another route lets them through", () => {
    const { terraform } = synthesize(
      system(
        ["  identity: {", "  open-identity: { name: X-User-Id, arrives: unchanged }\n  identity: {"],
        ["    headers: [authorization, identity]", "    headers: [authorization, open-identity]"],
      ),
    );
    expect(routingMap(terraform).header_action.request_headers_to_remove).toBeUndefined();
    expect(firstRule(terraform).header_action.request_headers_to_remove).toEqual(["X-User-Id"]);
    expect(routingMap(terraform).path_matcher[1].route_rules).toMatchObject([
      { match_rules: [{ prefix_match: "/" }], header_action: { request_headers_to_remove: ["X-User-Id"] } },
    ]);
  });

  it("are never removed under a name that is reserved, although they must never arrive", () => {
    const { terraform } = synthesize(system(["name: X-User-Id", "name: X-Goog-Authenticated-User-Email"]));
    expect(JSON.stringify(all(terraform, "google_compute_url_map"))).not.toMatch(/x-goog|to_remove/i);
  });

  it("keep their text where Terraform would take it for a template", () => {
    const { terraform } = synthesize(
      system([
        'value: edge, arrives: { set: "^edge" }',
        'value: "edge${client_city}%{client_region}", arrives: { set: "^edge" }',
      ]),
    );
    expect(firstRule(terraform).header_action.request_headers_to_add[0].header_value).toBe(
      "edge$${client_city}%%{client_region}",
    );
  });

  it("say what the load balancer fills in without being escaped", () => {
    const { terraform } = synthesize(system(["value: edge,", 'value: "edge {client_region}",']));
    expect(firstRule(terraform).header_action.request_headers_to_add[0].header_value).toBe("edge {client_region}");
  });
});

describe("variables", () => {
  it("are filled in, and keep their text where Terraform would take it for a template", () => {
    const text = 'MODE: "%{a} ${domain} ${environment}"';
    const env = (environment: string): Json =>
      runServiceOf(synthesize(system(["MODE: plain", text]), environment).terraform, "api").template.containers[0]
        .env[1];
    expect(env("trial")).toEqual({ name: "MODE", value: "%%{a} trial.example.com trial" });
    expect(env("live")).toEqual({ name: "MODE", value: "%%{a} example.com live" });
  });
});

describe("hosts", () => {
  it("keep their certificates and path matchers when another host is added", () => {
    const more = synthesize(NEW_HOST).terraform;
    const certificates = (terraform: Json): Json => terraform.resource.google_compute_managed_ssl_certificate;
    expect(Object.keys(certificates(more) as object)).toHaveLength(3);
    expect(certificates(more)).toMatchObject(certificates(TRIAL) as object);
    expect(
      routingMap(more)
        .path_matcher.slice(0, 2)
        .map(({ name }: Json) => name),
    ).toEqual(routingMap(TRIAL).path_matcher.map(({ name }: Json) => name));
  });

  it("keep their certificates in Certificate Manager when another host is added", () => {
    const manager = [
      "domain: trial.example.com }",
      "domain: trial.example.com, certificates: certificate-manager }",
    ] as const;
    const [before, after] = [SYSTEM, NEW_HOST].map((text) => synthesize(edit(text, ...manager)).terraform);
    for (const type of ["", "_map", "_map_entry"].map((end) => `google_certificate_manager_certificate${end}`)) {
      expect(after.resource[type]).toMatchObject(before.resource[type] as object);
      expect(all(before, type)).toHaveLength(type.endsWith("_map") ? 1 : 2);
    }
    expect(all(after, "google_certificate_manager_dns_authorization")).toHaveLength(3);
    expect(after.output["dns-records"].value).toHaveLength(9);
  });

  it("do not collide when they differ by a dot and a hyphen only", () => {
    const { terraform } = synthesize(
      withRoute('{ host: "a-pi.${domain}", paths: [/*], service: web }').concat(
        '  - { host: "a.pi.${domain}", paths: [/*], service: web }\n',
      ),
    );
    const names = routingMap(terraform).path_matcher.map(({ name }: Json) => name as string);
    expect(new Set(names).size).toBe(4);
    expect(all(terraform, "google_compute_managed_ssl_certificate")).toHaveLength(4);
  });

  it("may be long: a path matcher's name stays one that Google Cloud takes", () => {
    const host = `${"a".repeat(60)}.${"b".repeat(60)}.\${domain}`;
    const { terraform } = synthesize(withRoute(`{ host: "${host}", paths: [/*], service: web }`));
    for (const { name } of routingMap(terraform).path_matcher) expect(name).toMatch(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
  });
});

describe("names and state", () => {
  const direct = (keys: string): string =>
    system(["domain: trial.example.com }", `domain: trial.example.com, ${keys} }`]);

  it("gives somebody else's names no record, and says which to create", () => {
    expect(TRIAL.resource.google_dns_record_set).toBeUndefined();
    expect(TRIAL.output["dns-records"].description).toBe("Records to create at the owner of the names");
    expect(TRIAL.output["dns-records"].value.map(({ name, type }: Json) => `${type} ${name}`)).toEqual([
      "A api.trial.example.com.",
      "AAAA api.trial.example.com.",
      "A app.trial.example.com.",
      "AAAA app.trial.example.com.",
    ]);
  });

  it("writes the records into a declared zone, with no authorization where a certificate needs none", () => {
    const { terraform } = synthesize(direct("dns: { zone: trial-zone }"));
    const records = all(terraform, "google_dns_record_set");
    expect(records.map(({ managed_zone: zone, type }) => `${zone} ${type}`).sort()).toEqual([
      "trial-zone A",
      "trial-zone A",
      "trial-zone AAAA",
      "trial-zone AAAA",
    ]);
  });

  it("keeps the state in a bucket, apart from other environments and contracts", () => {
    const { terraform } = synthesize(direct("state: { gcs: example-terraform }"));
    expect(terraform.terraform.backend).toEqual({ gcs: { bucket: "example-terraform", prefix: "shop/trial" } });
  });

  it("protects services from deletion where that is declared", () => {
    const { terraform } = synthesize(direct("deletion-protection: true"));
    for (const run of all(terraform, "google_cloud_run_v2_service")) expect(run.deletion_protection).toBe(true);
  });

  it("lets a receipt hold as long as is declared, in the same release", () => {
    const age = ({ text }: Synthesized): string => JSON.parse(text).locals.headgate_max_age as string;
    const [usual, longer] = [
      SYSTEM,
      edit(SYSTEM, "    promotion: preview", "    receipt-age: 90m\n    promotion: preview"),
    ].map((text) => synthesize(text, "live")) as [Synthesized, Synthesized];
    expect(age(usual)).toContain('? "15m" :');
    expect(age(longer)).toContain('? "90m" :');
    expect(longer.candidate).toEqual(usual.candidate);
  });

  it("reaches into a network where that is declared", () => {
    const vpc = (egress: string): Json =>
      runServiceOf(
        synthesize(system(["    env: {", `    vpc: { network: main, subnetwork: apps${egress} }\n    env: {`]))
          .terraform,
        "api",
      ).template.vpc_access;
    const interfaces = [{ network: "main", subnetwork: "apps" }];
    expect(vpc("")).toEqual({ egress: "PRIVATE_RANGES_ONLY", network_interfaces: interfaces });
    expect(vpc(", egress: all-traffic")).toEqual({ egress: "ALL_TRAFFIC", network_interfaces: interfaces });
  });

  it("logs the declared share of requests", () => {
    const logged = (share: number): Json =>
      backendOf(synthesize(`${SYSTEM}\nedge: { request-logging: ${share} }\n`).terraform, "api").log_config;
    expect(logged(0.25)).toEqual({ enable: true, sample_rate: 0.25 });
    expect(logged(0)).toEqual({ enable: false, sample_rate: 0 });
  });
});
