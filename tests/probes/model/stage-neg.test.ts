import { describe, expect, it } from "vitest";
import { readMask } from "../../../probes/model/stage-neg.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, HOST, edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest, traced } from "../../support/edge-request.ts";

const through = (patch: (edge: SmallEdge) => unknown, protocol: "http" | "websocket" = "http", more: object = {}) =>
  traceRequest(
    edgeModel((edge) => void patch(edge)),
    edgeRequest(protocol, [], more),
  );

describe("a URL mask (S11)", () => {
  it.each([
    ["example.com/<service>", "example.com", "/login/x", { service: "login" }],
    ["example.com/<service>", "example.com", "/login", { service: "login" }],
    ["example.com/<service>", "other.com", "/login", undefined],
    ["example.com/<service>", "example.com", "/", undefined],
    ["<service>.example.com", "login.example.com", "/any", { service: "login" }],
    ["<service>.example.com", "a.login.example.com", "/", undefined],
    ["<tag>.example.com/<service>", "blue.example.com", "/login", { service: "login", tag: "blue" }],
    ["<tag>---<service>.example.com", "blue---login.example.com", "/", { service: "login", tag: "blue" }],
    ["/<service>", "any.example.com", "/login", { service: "login" }],
    ["example.com/v1/<service>", "example.com", "/v1/login/", { service: "login" }],
    ["example.com/v1/<service>", "example.com", "/v2/login", undefined],
    ["<tag>.example.com", "blue.example.com", "/", undefined],
  ])("%s with %s%s finds %j", (mask, host, path, found) => {
    expect(readMask(mask, host, path)).toEqual(found);
  });

  const masked = (url_mask: string) => (edge: SmallEdge) => {
    delete edge.cloudRun["service"];
    edge.cloudRun["url_mask"] = url_mask;
  };

  it("answers 404 for a service that is not there, unless somebody else deploys it", () => {
    const model = edgeModel(masked(`${HOST}/<service>`));
    expect(traceRequest(model, edgeRequest("http"))).toMatchObject({
      outcome: "answered-by-edge",
      answer: { status: 404, by: { attribute: "cloud_run.url_mask", fact: "S11" } },
      dependsOn: ["service-of-a-mask"],
    });
    expect(traceRequest(model, edgeRequest("http"), { "service-of-a-mask": "deployed-elsewhere" })).toMatchObject({
      outcome: "unknown",
      backend: ADDRESS.api,
      unknowns: [{ affects: "refusal", reason: expect.stringContaining("service ws") as string }],
    });
  });

  it("finds the service of its name", () => {
    const named = through((edge) => {
      masked(`${HOST}/<service>`)(edge);
      edge.service["name"] = "ws";
    });
    expect(named).toMatchObject({ outcome: "backend", service: ADDRESS.apiService, unknowns: [] });
  });

  it("reads the path as it is sent on, slashes folded (H22)", () => {
    const named = through(
      (edge) => {
        masked(`${HOST}/<service>`)(edge);
        edge.service["name"] = "ws";
      },
      "http",
      { target: "//ws" },
    );
    expect(named).toMatchObject({ outcome: "backend", service: ADDRESS.apiService });
  });

  it("answers 404 itself to a URL that does not fit", () => {
    expect(through(masked("other.example.com/<service>"))).toMatchObject({
      outcome: "answered-by-edge",
      answer: { status: 404, by: { address: ADDRESS.neg, attribute: "cloud_run.url_mask", fact: "S11", stage: "neg" } },
    });
  });
});

describe("what is no Cloud Run service", () => {
  const group =
    (value: string, more: Block = {}) =>
    (edge: SmallEdge) =>
      (edge.backend["backend"] = [{ group: value, ...more }]);
  const neg = (more: Block) => (edge: SmallEdge) => {
    delete edge.neg["cloud_run"];
    Object.assign(edge.neg, more);
  };

  it.each<[string, (edge: SmallEdge) => unknown, string]>([
    ["an instance group", group("${google_compute_instance_group.vms.id}"), "instance group"],
    ["a managed one, by its link", group("projects/p/zones/z/instanceGroups/g"), "instance group"],
    ["a zonal NEG", group("${google_compute_network_endpoint_group.pods.id}"), "zonal NEG"],
    ["an internet NEG", group("${google_compute_global_network_endpoint_group.far.id}"), "internet NEG"],
    ["a regional internet NEG", neg({ network_endpoint_type: "INTERNET_FQDN_PORT" }), "internet NEG"],
    ["Private Service Connect", neg({ network_endpoint_type: "PRIVATE_SERVICE_CONNECT" }), "Private Service Connect"],
    ["a Cloud Function", neg({ cloud_function: { function: "f" } }), "Cloud Function"],
    ["App Engine", neg({ app_engine: {} }), "App Engine"],
  ])("%s is a backend without a service, with a reason", (_, patch, says) => {
    const trace = through(patch);
    expect(trace).toMatchObject({ outcome: "backend", backend: ADDRESS.api, unknowns: [] });
    expect(trace.service).toBeUndefined();
    expect(trace.reasons!.service).toContain(says);
    expect(arriving(trace, "via")).toEqual(["1.1 google"]);
    expect(arriving(trace, "forwarded")).toEqual([]);
  });

  it.each([
    ["HTTP2", "answered-by-edge"],
    ["H2C", "answered-by-edge"],
    ["GRPC", "answered-by-edge"],
    ["HTTPS", "backend"],
  ])("with protocol %s ends an upgrade: %s (W6)", (protocol, outcome) => {
    const trace = through((edge) => {
      group("${google_compute_instance_group.vms.id}")(edge);
      edge.backend["protocol"] = protocol;
    }, "websocket");
    expect(trace).toMatchObject({ outcome, dependsOn: [] });
    if (outcome !== "backend") expect(trace.answer).toMatchObject({ status: 502, by: { fact: "W6" } });
  });

  it("an API gateway leaves open what becomes of Authorization, and nothing else (P7)", () => {
    const trace = through(neg({ serverless_deployment: { platform: "apigateway.googleapis.com" } }));
    expect(trace.outcome).toBe("backend");
    expect(traced(trace, "authorization")).toMatchObject({ state: "unknown" });
    expect(traced(trace, "via")).toMatchObject({ state: "added" });
  });

  it("a service of another configuration may refuse: the rest is told", () => {
    const trace = through(({ cloudRun }) => (cloudRun["service"] = "gone"));
    expect(trace).toMatchObject({ outcome: "unknown", backend: ADDRESS.api, unknowns: [{ affects: "refusal" }] });
    expect(traced(trace, "via")).toMatchObject({ state: "added" });
  });
});

describe("services of several regions", () => {
  function second(edge: SmallEdge, more: Block = {}): void {
    const { resource, backend, service, neg } = edge;
    const own = { ...service, name: "api-eu", location: "europe-west1", ...more };
    resource["google_cloud_run_v2_service"]!["eu"] = own;
    const cloud_run = { service: "${google_cloud_run_v2_service.eu.name}" };
    resource["google_compute_region_network_endpoint_group"]!["eu"] = {
      ...neg,
      name: "eu",
      region: "europe-west1",
      cloud_run,
    };
    (backend["backend"] as Block[]).push({ group: "${google_compute_region_network_endpoint_group.eu.id}" });
  }

  it("that treat a request alike have one answer, and no one name", () => {
    const trace = through((edge) => second(edge));
    expect(trace).toMatchObject({ outcome: "backend", unknowns: [], problems: [] });
    expect(trace.service).toBeUndefined();
    expect(trace.reasons!.service).toContain("google_cloud_run_v2_service.eu");
    expect(arriving(trace, "forwarded")).toHaveLength(1);
  });

  it("that differ leave open whether a request is let in", () => {
    const trace = through((edge) => second(edge, { invoker_iam_disabled: false }));
    expect(trace).toMatchObject({ outcome: "unknown", backend: ADDRESS.api, unknowns: [{ affects: "refusal" }] });
  });

  it("are refused where two are of one region, or beside another kind (S8)", () => {
    const twice = through((edge) => second(edge, { location: "us-central1" }));
    expect(twice.problems).toContainEqual(expect.objectContaining({ fact: "S8", found: "apply" }));
    const mixed = through(({ backend }) =>
      (backend["backend"] as Block[]).push({ group: "${google_compute_instance_group.vms.id}" }),
    );
    expect(mixed.problems).toMatchObject([{ fact: "S8" }]);
  });

  it("has a NEG of its own region (M53)", () => {
    const trace = through(({ service }) => (service["location"] = "europe-west1"));
    expect(trace.problems).toMatchObject([{ fact: "S8", by: { address: ADDRESS.neg } }]);
  });
});
