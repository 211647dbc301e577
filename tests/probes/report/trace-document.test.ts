import { describe, expect, it } from "vitest";
import type { Trace } from "../../../probes/facts/trace.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { traceDocument } from "../../../probes/report/trace-document.ts";
import { renderTraceJson } from "../../../probes/report/trace-json.ts";
import { traceSchema } from "../../../probes/report/trace-schema.ts";
import { INDISCREET } from "../../../probes/report/trace-secrets.ts";
import { renderTraceText } from "../../../probes/report/trace-text.ts";
import { PLACEHOLDER } from "../../../probes/terraform/graph.ts";
import {
  ADDRESS,
  EVERYTHING,
  addPolicy,
  addRedirectListener,
  armorRule,
  edgeModel,
} from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";

const documentOf = (trace: Trace) =>
  traceDocument(
    {
      tool: "headgate 0.1.0",
      configuration: { at: "cdktf.out", env: "staging", edge: null, digest: "0".repeat(64) },
      request: { method: "GET", url: "https://api.example.com/ws", websocket: false, clientAddress: null },
      trace,
      assumptions: [
        { name: "remove-and-add", question: "Which is first?", value: "remove-first", otherwise: ["add-first"] },
      ],
    },
    INDISCREET,
  );

const through = (patch?: (edge: SmallEdge) => void, ...request: Parameters<typeof edgeRequest>) =>
  documentOf(traceRequest(edgeModel(patch), edgeRequest(...request)));

const everyStage = ({ urlMap, backend, ...edge }: SmallEdge): void => {
  addPolicy({ urlMap, backend, ...edge }, [
    armorRule(1, "allow", "true", {
      header_action: { request_headers_to_adds: [{ header_name: "X-Armor", header_value: "1" }] },
    }),
    EVERYTHING,
  ]);
  urlMap["header_action"] = { request_headers_to_remove: ["X-Gone"] };
  backend["custom_request_headers"] = ["X-Backend: b"];
};

const mayRefuse = ({ service }: SmallEdge): void => void (service["ingress"] = "INGRESS_TRAFFIC_INTERNAL_ONLY");
const mayChangeHeaders = ({ template }: SmallEdge): void => void (template["service_mesh"] = {});
const noService = ({ backend }: SmallEdge): void =>
  void (backend["backend"] = [{ group: "${google_compute_instance_group.vms.id}" }]);

describe("traceDocument", () => {
  it("publishes what an unknown leaves open, and what is refused, each with its place", () => {
    expect(through(mayRefuse, "http")).toMatchObject({
      outcome: "unknown",
      backend: ADDRESS.api,
      service: ADDRESS.apiService,
      unknowns: [{ affects: "refusal", address: `${ADDRESS.apiService}.ingress` }],
      problems: [],
      backends: [],
    });
    expect(through(({ backend }) => (backend["port_name"] = "http"), "http").problems).toMatchObject([
      { found: "apply", fact: "S2", address: `${ADDRESS.api}.port_name` },
    ]);
    expect(through(noService, "http").reasons.service).toContain("instance group");
  });

  it("names the draws that chance makes, with their weights", () => {
    const trace = traceRequest(edgeModel(), edgeRequest("http"));
    const backends = [
      { backend: ADDRESS.api, service: ADDRESS.apiService, weight: 9 },
      { backend: ADDRESS.web, weight: 1 },
    ];
    expect(documentOf({ ...trace, backends }).backends).toEqual(backends);
  });

  it("gives every act of the model a stage, and the steps stand in the order of the stages", () => {
    const { steps, headers } = through(everyStage, "websocket", [["X-Gone", "1"]]);
    expect([...new Set(steps.map(({ stage }) => stage))]).toEqual([
      ...["front", "route", "armor", "url-map", "backend", "proxy", "neg", "run-ingress", "run-front", "container"],
    ]);
    for (const act of headers.flatMap(({ by }) => by)) expect(act.stage).toBeTruthy();
  });

  it("names no step for a place that left a header alone, and keeps it with the header", () => {
    const { steps, headers } = through(undefined, "http", [["X-Keep", "k"]]);
    expect(headers.find(({ name }) => name === "x-keep")!.by.map(({ effect }) => effect)).toEqual([
      "does not remove it",
    ]);
    expect(steps.filter(({ header }) => header === "x-keep")).toEqual([]);
  });

  it("shows UTF-8 that was sent as the characters it stands for", () => {
    const bytes = Buffer.from("café", "utf8").toString("latin1");
    expect(through(undefined, "http", [["X-A", bytes]]).headers.find(({ name }) => name === "x-a")!.arrives).toEqual([
      "café",
    ]);
  });

  it("gives a reason for every value that is null", () => {
    const { headers } = through(undefined, "http", [], { clientAddress: PLACEHOLDER });
    for (const { arrives, reason } of headers) expect(arrives.includes(null)).toBe(reason !== undefined);
    expect(headers.some(({ arrives }) => arrives.includes(null))).toBe(true);
  });

  it("says that an unknown part appended to a client's value leaves that value in front", () => {
    const { headers } = through(undefined, "http", [["X-Forwarded-For", "192.0.2.1"]], { clientAddress: PLACEHOLDER });
    expect(headers.find(({ name }) => name === "x-forwarded-for")).toMatchObject({
      state: "appended",
      arrives: [null],
    });
  });

  it("names the redirect of the HTTP listener as the edge's own, with its place", () => {
    const { outcome, answer, steps } = through(addRedirectListener, "http", [], { scheme: "http" });
    expect(outcome).toBe("redirect");
    expect(answer!.by).toMatchObject({
      stage: "edge",
      address: "google_compute_url_map.redirect.default_url_redirect",
    });
    expect(steps).toContainEqual(answer!.by);
  });

  it("names the route rule that matched, not the service in it", () => {
    expect(through(undefined, "http").matchedBy).toBe(`${ADDRESS.urlMap}.path_matcher[0].route_rules[0]`);
    expect(through(undefined, "http", [], { target: "/other" }).matchedBy).toBe(
      `${ADDRESS.urlMap}.path_matcher[0].default_service`,
    );
  });

  it.each([
    ["a backend", through(everyStage, "websocket")],
    ["a redirect", through(addRedirectListener, "http", [], { scheme: "http" })],
    ["no listener", through(undefined, "http", [], { scheme: "http" })],
    ["a refusal", through(undefined, "http", [["Upgrade", "h2c"]])],
    ["an unknown", through(mayRefuse, "http")],
    ["headers that cannot be told", through(mayChangeHeaders, "http")],
    ["a problem", through(({ routeRule }) => (routeRule["novel"] = 1), "http")],
    ["a backend without a service", through(noService, "http")],
  ])("is valid against its schema, and reads the same back: %s", (_, document) => {
    expect(traceSchema.parse(JSON.parse(renderTraceJson(document)))).toEqual(document);
  });
});

describe("renderTraceText", () => {
  const plain = (document: ReturnType<typeof documentOf>) => renderTraceText(document, { colour: false });

  it("names a place once that does several things in a row", () => {
    const text = plain(through(undefined, "http"));
    const [, proxy = ""] = /\n {2}proxy([\s\S]*?)\n\n/.exec(text)!;
    expect(proxy.match(/cdk\.tf\.json/g)).toHaveLength(1);
  });

  it("says what is not known with its line, and what was assumed", () => {
    const text = plain(through(mayRefuse, "http"));
    expect(text).toMatch(/NOT KNOWN\n {2}because {6}has ingress INGRESS_TRAFFIC_INTERNAL_ONLY/);
    expect(text).toMatch(/cdk\.tf\.json:\d+:\d+/);
    expect(text).toContain("assumed      remove-and-add=remove-first");
    expect(text).toContain("--assume remove-and-add=add-first shows it otherwise");
    expect(text).toMatch(/\nunknown\n/);
  });

  it("shows what arrives if a request is let through, where that alone is open", () => {
    expect(plain(through(mayRefuse, "http"))).toContain(`IF IT IS LET THROUGH, ARRIVES AT ${ADDRESS.apiService}`);
    const lost = plain(through(({ proxy }) => (proxy["url_map"] = "${var.map}"), "http"));
    expect(lost).not.toContain("ARRIVES");
  });

  it("shows a header that cannot be told, and why there is no service", () => {
    expect(plain(through(mayChangeHeaders, "http", [["X-A", "1"]]))).toContain("unknown      x-a: (unknown)");
    expect(plain(through(noService, "http"))).toMatch(/\nbackend\n.*api\n {2}no service named: an instance group/);
  });

  it("shows what is refused, by whom and by which fact", () => {
    const text = plain(through(({ backend }) => (backend["timeout_sec"] = 3600), "http"));
    expect(text).toMatch(/REFUSED\n {2}apply {8}timeout_sec is not supported with a serverless NEG \(S1\)/);
  });

  it("shows where a redirect leads", () => {
    const text = plain(through(addRedirectListener, "http", [], { scheme: "http" }));
    expect(text).toContain("redirect  301 → https://api.example.com/ws");
  });

  it("paints only where colour is asked for", () => {
    const document = through(everyStage, "websocket");
    expect(plain(document)).not.toContain("\u001b");
    const painted = renderTraceText(document, { colour: true });
    expect(painted.replace(/\u001b\[[\d;]*m/g, "")).toBe(plain(document));
  });

  it("sends no control character of a value to a terminal", () => {
    expect(plain(through(undefined, "http", [["X-A", "a\u009b31mb"]]))).toContain("x-a: a\\x9b31mb");
  });
});
