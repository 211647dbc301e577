import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import { parseContract } from "../../contract/parse.ts";
import type { Contract } from "../../contract/contract.ts";
import { EnvironmentStack } from "../../stacks/environment-stack.ts";
import {
  backendOf,
  backendReference,
  referenceSynth,
  routingMap,
  runServiceOf,
  temporaryFolder,
} from "../support/reference.ts";
import type { Json } from "../support/reference.ts";

const yaml = readFileSync("headgate.yaml", "utf8");
const reference: Json = JSON.parse(readFileSync(join(referenceSynth(), "stacks/staging/cdk.tf.json"), "utf8"));

function contractOf(text: string): Contract {
  const parsed = parseContract(text, "headgate.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.contract;
}

/** Terraform of one environment of a contract. */
function synth(text: string): Json {
  const folder = temporaryFolder();
  try {
    const contract = contractOf(text);
    const app = Testing.app({ outdir: folder.path, stubVersion: true });
    return JSON.parse(
      Testing.synth(new EnvironmentStack(app, { contract, environment: Object.values(contract.environments)[0]! })),
    );
  } finally {
    folder.remove();
  }
}

function edited(from: string | RegExp, to: string): string {
  const text = yaml.replace(from, to);
  if (text === yaml) throw new Error("the edit changed nothing");
  return text;
}

describe("the edge", () => {
  it("writes the scheme on every backend service and forwarding rule", () => {
    const { google_compute_backend_service: backends, google_compute_global_forwarding_rule: rules } =
      reference.resource;
    const schemes = [...Object.values(backends), ...Object.values(rules)].map(
      (each: Json) => each.load_balancing_scheme,
    );
    expect(schemes).toEqual(Array(5).fill("EXTERNAL_MANAGED"));
  });

  it("leaves out every backend field that a serverless NEG refuses or ignores", () => {
    for (const backend of Object.values(reference.resource.google_compute_backend_service as Record<string, Json>)) {
      expect(Object.keys(backend).sort()).toEqual([
        "//",
        "backend",
        "lifecycle",
        "load_balancing_scheme",
        "log_config",
        "name",
        "protocol",
      ]);
      expect(Object.keys(backend.backend[0])).toEqual(["group"]);
    }
  });

  it("routes /ws and /ws/* to the backend first, /api/* next, and everything else of the host to the frontend", () => {
    const [api] = routingMap(reference).path_matcher;
    expect(
      api.route_rules.map(({ priority, service, match_rules }: Json) => ({ priority, service, match_rules })),
    ).toEqual([
      {
        priority: 10,
        service: backendReference(reference, "backend"),
        match_rules: [{ full_path_match: "/ws" }, { prefix_match: "/ws/" }],
      },
      { priority: 20, service: backendReference(reference, "backend"), match_rules: [{ prefix_match: "/api/" }] },
    ]);
    expect(api.default_service).toBe(backendReference(reference, "frontend"));
  });

  it("removes forgeable headers at the URL map, the level that acts last", () => {
    expect(routingMap(reference).header_action).toEqual({ request_headers_to_remove: ["X-E2E-Bypass", "X-User-Id"] });
  });

  it("sets the edge's header at the route rule, and touches no protected header anywhere", () => {
    const rule = routingMap(reference).path_matcher[0].route_rules[0];
    expect(rule.header_action).toEqual({
      request_headers_to_add: [{ header_name: "X-Request-Source", header_value: "public-edge", replace: true }],
    });
    expect(JSON.stringify(routingMap(reference))).not.toMatch(/authorization|cookie|sec-websocket/i);
  });

  it("has a managed certificate for each host and an HTTP listener that only redirects", () => {
    const certificates = Object.values(
      reference.resource.google_compute_managed_ssl_certificate as Record<string, Json>,
    );
    expect(certificates.map(({ managed }) => managed.domains)).toEqual([
      ["api.staging.example.com"],
      ["app.staging.example.com"],
      ["auth.staging.example.com"],
    ]);
    const redirect = Object.values(reference.resource.google_compute_url_map as Record<string, Json>).find(
      (map) => map.path_matcher === undefined,
    );
    expect(redirect.default_url_redirect).toMatchObject({ https_redirect: true, strip_query: false });
  });

  it("keeps the name of a host's certificate when another host is added", () => {
    const more = synth(
      edited(
        "  - host: app.${domain}",
        '  - { host: "new.${domain}", paths: [/*], service: auth }\n  - host: app.${domain}',
      ),
    );
    const names = (terraform: Json): string[] =>
      Object.values(terraform.resource.google_compute_managed_ssl_certificate as Record<string, Json>).map(
        ({ name }) => name as string,
      );
    expect(names(more)).toHaveLength(4);
    expect(names(more)).toEqual(expect.arrayContaining(names(reference)));
  });

  it("removes a header only at the routes that forbid it when another route lets it through", () => {
    const mixed = synth(
      edited("  identity: {", "  open-identity: { name: X-User-Id, arrives: unchanged }\n  identity: {").replace(
        "    service: auth\n    headers: [authorization, session-cookie, request-source, test-bypass, identity]",
        "    service: auth\n    headers: [authorization, session-cookie, request-source, test-bypass, open-identity]",
      ),
    );
    expect(routingMap(mixed).header_action.request_headers_to_remove).toEqual(["X-E2E-Bypass"]);
    expect(routingMap(mixed).path_matcher[0].route_rules[0].header_action.request_headers_to_remove).toEqual([
      "X-User-Id",
    ]);
  });

  it("escapes what Terraform would take for a template in a header value", () => {
    const escaped = synth(
      edited('value: public-edge, arrives: { set: "^public-edge$" }', 'value: "a${b}%{c}", arrives: { set: "a" }'),
    );
    expect(
      routingMap(escaped).path_matcher[0].route_rules[0].header_action.request_headers_to_add[0].header_value,
    ).toBe("a$${b}%%{c}");
  });
});

describe("the services", () => {
  it("are reachable through the load balancer only, unchecked by IAM, on a port named http1", () => {
    for (const service of ["backend", "auth", "frontend"]) {
      const run = runServiceOf(reference, service);
      expect(run).toMatchObject({ ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", invoker_iam_disabled: true });
      expect(run.template.containers[0].ports.name).toBe("http1");
    }
    expect(JSON.stringify(reference)).not.toContain("allUsers");
  });

  it("carry the declared limits", () => {
    expect(runServiceOf(reference, "backend").template).toMatchObject({
      timeout: "3600s",
      max_instance_request_concurrency: 80,
      session_affinity: true,
      scaling: { min_instance_count: 1, max_instance_count: 10 },
    });
  });

  it("pin all traffic to the revision of their generation", () => {
    const { template, traffic } = runServiceOf(reference, "backend");
    expect(template.revision).toMatch(/^reference-staging-backend-[0-9a-f]{8}$/);
    expect(traffic).toEqual([
      { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: template.revision, percent: 100 },
    ]);
  });

  it("change generation, and with it the ids of NEG and backend service, when the image changes, and only their own", () => {
    const changed = synth(edited("backend@sha256:3b1f", "backend@sha256:4b1f"));
    expect(backendOf(changed, "backend").name).not.toBe(backendOf(reference, "backend").name);
    expect(backendReference(changed, "backend")).not.toBe(backendReference(reference, "backend"));
    expect(backendReference(changed, "auth")).toBe(backendReference(reference, "auth"));
  });

  it("change nothing when only a comment or the order of the file changes", () => {
    const same = synth(edited("# Cloud Run", "# Cloud Run services, with another comment"));
    expect(same.resource.google_compute_url_map).toEqual(synth(yaml).resource.google_compute_url_map);
  });
});

describe("what these stacks do not build", () => {
  it.each([
    [
      "access: iam",
      edited("    health: /health\n  auth:", "    health: /health\n    access: iam\n  auth:").replace(
        "clients: [browser, native]",
        "clients: [native]",
      ),
      "services.backend.access",
    ],
    [
      "promotion: preview",
      edited("domain: staging.example.com }", "domain: staging.example.com, promotion: preview }"),
      "environments.staging.promotion",
    ],
    [
      "dns: a zone",
      edited("domain: staging.example.com }", "domain: staging.example.com, dns: { zone: z } }"),
      "environments.staging.dns",
    ],
    [
      "a host without a catch-all",
      edited("  - host: app.${domain}\n    paths: [/*]", "  - host: app.${domain}\n    paths: [/page]"),
      "has no route for /*",
    ],
    ["a set header without a value", edited("value: public-edge, ", ""), "needs `value`"],
  ])("is refused with the line of the contract: %s", (_, text, message) => {
    expect(() => synth(text)).toThrow(message);
    expect(() => synth(text)).toThrow(/^headgate\.yaml:\d+:\d+ {2}/);
  });
});
