import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { Unknown } from "../../../probes/facts/provenance.ts";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel, graphOf, smallEdge } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest, traced } from "../../support/edge-request.ts";

const checked = ({ service }: SmallEdge): void => void delete service["invoker_iam_disabled"];
const invoker = (edge: SmallEdge, more: object): void => {
  checked(edge);
  edge.resource["google_cloud_run_v2_service_iam_member"] = {
    all: { name: "${google_cloud_run_v2_service.api.name}", role: "roles/run.invoker", member: "allUsers", ...more },
  };
};
const answered = (patch: (edge: SmallEdge) => void, lines: readonly HeaderLine[] = []) => {
  const traces = (["http", "websocket"] as const).map((one) => traceRequest(edgeModel(patch), edgeRequest(one, lines)));
  return traces.map(({ outcome, answer }) => [outcome, answer?.status, answer?.by.fact]);
};
const REACHED = ["backend", undefined, undefined];

describe("several credentials (R13)", () => {
  it("are refused with 401, on both protocols", () => {
    const lines: HeaderLine[] = [
      ["Authorization", "Bearer a"],
      ["authorization", "Bearer b"],
    ];
    expect(answered(() => undefined, lines)).toEqual([
      ["answered-by-edge", 401, "R13"],
      ["answered-by-edge", 401, "R13"],
    ]);
  });
});

describe("the IAM check (R10)", () => {
  it.each<[string, HeaderLine[], number]>([
    ["no token", [], 403],
    ["a token that is not Google's", [["Authorization", "Bearer c"]], 401],
    ["a token in the serverless header", [["X-Serverless-Authorization", "Bearer c"]], 401],
  ])("with %s answers in place of the service", (_, lines, status) => {
    expect(answered(checked, lines)).toEqual([
      ["answered-by-edge", status, "R10"],
      ["answered-by-edge", status, "R10"],
    ]);
  });

  it("is on with invoker_iam_disabled = false, and says where", () => {
    const model = edgeModel(({ service }) => (service["invoker_iam_disabled"] = false));
    expect(traceRequest(model, edgeRequest("http")).answer!.by).toMatchObject({
      address: ADDRESS.apiService,
      attribute: "invoker_iam_disabled",
    });
  });

  it.each<[string, (edge: SmallEdge) => void]>([
    ["invoker_iam_disabled", () => undefined],
    ["allUsers by reference", (edge) => invoker(edge, {})],
    ["allUsers by name", (edge) => invoker(edge, { name: "api" })],
  ])("is off with %s", (_, patch) => {
    expect(answered(patch)).toEqual([REACHED, REACHED]);
  });

  it.each<[string, object]>([
    ["another role", { role: "roles/run.viewer" }],
    ["another member", { member: "user:a@example.com" }],
    ["another service", { name: "${google_cloud_run_v2_service.web.name}" }],
    ["another service's name", { name: "web" }],
  ])("stays on with %s", (_, more) => {
    expect(answered((edge) => invoker(edge, more))[0]).toEqual(["answered-by-edge", 403, "R10"]);
  });
});

describe("an h2c port (R4)", () => {
  it("is asked about after the check, and only for upgrades", () => {
    const h2c = ({ ports }: SmallEdge): void => void (ports["name"] = "h2c");
    expect(answered(h2c)).toEqual([REACHED, ["answered-by-edge", 503, "R4"]]);
  });

  it("is found in the container that has ports", () => {
    const sidecar = ({ template, container, ports }: SmallEdge): void => {
      ports["name"] = "h2c";
      template["containers"] = [{ image: "us-docker.pkg.dev/example/sidecar" }, container];
    };
    expect(answered(sidecar)[1]).toEqual(["answered-by-edge", 503, "R4"]);
  });

  it("is none without ports, or with ports that have no name", () => {
    expect(answered(({ container }) => delete container["ports"])[1]).toEqual(REACHED);
    expect(answered(({ ports }) => delete ports["name"])[1]).toEqual(REACHED);
  });
});

describe("a token that is offered to the IAM check", () => {
  const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString("base64url");
  const token = (claims: object, header: object = { alg: "RS256" }) =>
    `Bearer ${part(header)}.${part(claims)}.signature`;
  const GOOGLE = { iss: "https://accounts.google.com", aud: "https://api-1.a.run.app" };
  const offered = (value: string, patch: (edge: SmallEdge) => void = checked, name = "Authorization") =>
    traceRequest(edgeModel(patch), edgeRequest("http", [[name, value]]));

  it.each([
    ["is no Bearer", "Basic YTpi"],
    ["has not three parts", "Bearer c"],
    ["is signed with a shared key", token(GOOGLE, { alg: "HS256" })],
    ["was issued by the application", token({ iss: "https://auth.example.com" })],
    ["names no issuer", token({ sub: "u" })],
    ["is made out to the host (R14)", token({ ...GOOGLE, aud: "https://api.example.com" })],
  ])("is refused where it %s", (_, value) => {
    expect(offered(value)).toMatchObject({ outcome: "answered-by-edge", answer: { status: 401 } });
  });

  it.each([
    ["one of Google's", token(GOOGLE)],
    ["one that cannot be decoded", "Bearer aa.bb.cc"],
  ])("may be good where it is %s: what arrives holds if it is", (_, value) => {
    const trace = offered(value);
    expect(trace).toMatchObject({ outcome: "unknown", service: ADDRESS.apiService, dependsOn: ["token-signature"] });
    expect(trace.unknowns).toMatchObject([{ affects: "refusal" }]);
    expect(traced(trace, "authorization")!.arrives[0]).toMatch(/\.SIGNATURE_REMOVED_BY_GOOGLE$/);
    const kept = traceRequest(edgeModel(checked), edgeRequest("http", [["Authorization", value]]), {
      "token-signature": "kept",
    });
    expect(traced(kept, "authorization")).toMatchObject({ state: "same" });
  });

  it("may be made out to the host where the service says so (R14)", () => {
    const audience = (edge: SmallEdge): void => {
      checked(edge);
      edge.service["custom_audiences"] = ["https://api.example.com"];
    };
    expect(offered(token({ ...GOOGLE, aud: "https://api.example.com" }), audience).outcome).toBe("unknown");
  });

  it("is the one in X-Serverless-Authorization, which leaves Authorization alone (R11)", () => {
    const lines: HeaderLine[] = [
      ["Authorization", "Bearer app"],
      ["X-Serverless-Authorization", token(GOOGLE)],
    ];
    const trace = traceRequest(edgeModel(checked), edgeRequest("http", lines));
    expect(trace.outcome).toBe("unknown");
    expect(traced(trace, "authorization")).toMatchObject({ state: "same", arrives: ["Bearer app"] });
    expect(traced(trace, "x-serverless-authorization")).toMatchObject({ state: "replaced" });
  });
});

describe("several tokens for the platform", () => {
  it("leave open which of them is checked (R11)", () => {
    const lines: HeaderLine[] = [
      ["X-Serverless-Authorization", "Bearer aa.bb.cc"],
      ["X-Serverless-Authorization", "Bearer dd.ee.ff"],
    ];
    const trace = traceRequest(edgeModel(checked), edgeRequest("http", lines));
    expect(traced(trace, "x-serverless-authorization")).toMatchObject({ state: "unknown", arrives: [null] });
  });
});

describe("a token of which a part is not known", () => {
  it.each([
    ["Bearer ${var.token}", "unknown"],
    ["${var.token}", "unknown"],
    ["Basic ${var.token}", "answered-by-edge"],
  ])("%s: %s", (value, outcome) => {
    const model = edgeModel((edge) => {
      checked(edge);
      edge.backend["custom_request_headers"] = [`X-Serverless-Authorization: ${value}`];
    });
    expect(traceRequest(model, edgeRequest("http")).outcome).toBe(outcome);
  });
});

describe("who may call, as other resources say it", () => {
  const policy = (policy_data: unknown) => (edge: SmallEdge) => {
    checked(edge);
    edge.resource["google_cloud_run_v2_service_iam_policy"] = {
      all: { name: "${google_cloud_run_v2_service.api.name}", policy_data },
    };
  };
  const bindings = (role: string, ...members: string[]) => JSON.stringify({ bindings: [{ role, members }] });

  it.each<[string, unknown, string]>([
    ["a policy for everybody", bindings("roles/run.invoker", "allUsers"), "backend"],
    ["a policy for one", bindings("roles/run.invoker", "user:a@example.com"), "answered-by-edge"],
    ["a policy of another role", bindings("roles/run.viewer", "allUsers"), "answered-by-edge"],
    ["a policy that cannot be read", "${data.google_iam_policy.all.policy_data}", "unknown"],
  ])("%s: %s", (_, data, outcome) => {
    const trace = traceRequest(edgeModel(policy(data)), edgeRequest("http"));
    expect(trace.outcome).toBe(outcome);
    if (outcome === "unknown")
      expect(trace).toMatchObject({ service: ADDRESS.apiService, unknowns: [{ affects: "refusal" }] });
  });

  it.each<[string, object, string]>([
    ["everybody with a Google account still needs a token", { member: "allAuthenticatedUsers" }, "answered-by-edge"],
    ["a condition is not evaluated", { condition: { expression: "true" } }, "unknown"],
    ["a service that cannot be read may be this one", { name: "${var.it}" }, "unknown"],
  ])("%s", (_, more, outcome) => {
    expect(
      traceRequest(
        edgeModel((edge) => invoker(edge, more)),
        edgeRequest("http"),
      ).outcome,
    ).toBe(outcome);
  });

  it("is not certain where a module is not read: it may grant what is not seen here", () => {
    const graph = graphOf(smallEdge(checked));
    const by = { address: "module.access", attribute: "", file: "main.tf", line: 3, column: 1 };
    const unread: Unknown = { kind: "unknown", reason: "is a remote module", by };
    const trace = traceRequest(buildEdgeModel({ ...graph, unknowns: [unread] }), edgeRequest("http"));
    expect(trace).toMatchObject({ outcome: "unknown", service: ADDRESS.apiService });
    expect(trace.unknowns).toMatchObject([{ affects: "refusal" }, { affects: "nothing", by }]);
    const open = traceRequest(buildEdgeModel({ ...graphOf(smallEdge()), unknowns: [unread] }), edgeRequest("http"));
    expect(open).toMatchObject({ outcome: "backend", unknowns: [{ affects: "nothing" }] });
  });
});

describe("a service of the older API", () => {
  const older = (more: { metadata?: object; spec?: object; service?: object }) => (edge: SmallEdge) => {
    const { resource, cloudRun } = edge;
    resource["google_cloud_run_service"] = {
      old: {
        name: "old",
        location: "us-central1",
        metadata: {
          annotations: { "run.googleapis.com/ingress": "internal-and-cloud-load-balancing" },
          ...more.metadata,
        },
        template: { spec: { containers: { image: "i", ports: { name: "http1" } }, ...more.spec } },
        traffic: { percent: 100, latest_revision: true },
      },
    };
    resource["google_cloud_run_service_iam_member"] = {
      all: {
        service: "${google_cloud_run_service.old.name}",
        role: "roles/run.invoker",
        member: "allUsers",
        ...more.service,
      },
    };
    cloudRun["service"] = "${google_cloud_run_service.old.name}";
  };
  const through = (more: Parameters<typeof older>[0], protocol: "http" | "websocket" = "http") =>
    traceRequest(edgeModel(older(more)), edgeRequest(protocol));

  it("is found, open to everybody, and lives as long as its template says", () => {
    const trace = through({ spec: { timeout_seconds: 900 } }, "websocket");
    expect(trace).toMatchObject({
      outcome: "backend",
      service: "google_cloud_run_service.old",
      unknowns: [],
      problems: [],
    });
    expect(trace.steps!.at(-1)).toMatchObject({
      stage: "container",
      fact: "W4",
      effect: expect.stringContaining("900 s") as string,
    });
  });

  it.each<[string, Parameters<typeof older>[0], string]>([
    ["ingress internal", { metadata: { annotations: { "run.googleapis.com/ingress": "internal" } } }, "unknown"],
    [
      "the check off by annotation",
      {
        service: { member: "user:a@example.com" },
        metadata: { annotations: { "run.googleapis.com/invoker-iam-disabled": "true" } },
      },
      "backend",
    ],
    ["another invoker", { service: { member: "user:a@example.com" } }, "answered-by-edge"],
    [
      "IAP by annotation",
      { metadata: { annotations: { "run.googleapis.com/iap-enabled": "true" } } },
      "answered-by-edge",
    ],
  ])("with %s: %s", (_, more, outcome) => expect(through(more).outcome).toBe(outcome));

  it("ends upgrades with an h2c port (R4)", () => {
    const spec = { containers: { image: "i", ports: { name: "h2c" } } };
    expect(through({ spec }, "websocket")).toMatchObject({ answer: { status: 503, by: { fact: "R4" } } });
  });
});

describe("the life of a socket (R2, W4)", () => {
  const last = (timeout: string | undefined) => {
    const patch = ({ template }: SmallEdge) => void (timeout === undefined || (template["timeout"] = timeout));
    return traceRequest(edgeModel(patch), edgeRequest("websocket"));
  };

  it.each([
    [undefined, "300 s"],
    ["3600s", "3600 s"],
    ["${var.it}", "cannot be read"],
  ])("with timeout %s: %s", (timeout, says) => {
    const trace = last(timeout);
    expect(trace).toMatchObject({ outcome: "backend", unknowns: [], problems: [] });
    expect(trace.steps!.at(-1)!.effect).toContain(says);
  });

  it("is refused above an hour", () => {
    expect(last("3601s").problems).toMatchObject([{ fact: "R2", found: "apply" }]);
  });
});
