import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { EdgeRequest, Trace } from "../../../probes/facts/trace.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest, traced } from "../../support/edge-request.ts";
import { VARIABLE } from "../../support/unknown-effect.ts";

const API = "${google_compute_backend_service.api.id}";
const WEB = "${google_compute_backend_service.web.id}";

function act(
  action: Block,
  {
    lines = [],
    more,
    patch,
  }: { lines?: readonly HeaderLine[]; more?: Partial<EdgeRequest>; patch?: (e: SmallEdge) => void } = {},
): Trace {
  const model = edgeModel((edge) => {
    edge.routeRule["route_action"] = action;
    if ("weighted_backend_services" in action) delete edge.routeRule["service"];
    patch?.(edge);
  });
  return traceRequest(model, edgeRequest("http", lines, more));
}

describe("a fault (W5)", () => {
  const abort = (percentage: number): Block => ({
    fault_injection_policy: { abort: { http_status: 503, percentage } },
  });

  it.each([undefined, 0, 0.9999])("of 0 % never happens (draw %s)", (draw) => {
    expect(act(abort(0), { more: { ...(draw !== undefined && { draw }) } })).toMatchObject({
      outcome: "backend",
      unknowns: [],
    });
  });

  it.each([undefined, 0, 0.9999])("of 100 % always does (draw %s)", (draw) => {
    const seen = act(abort(100), { more: { ...(draw !== undefined && { draw }) } });
    expect(seen).toMatchObject({ outcome: "fault-injected", answer: { status: 503, by: { fact: "W5" } } });
    expect(seen.forward).toBeUndefined();
  });

  it("of 50 % is open without a draw, and its headers are those of a request that passes", () => {
    const seen = act(abort(50), { lines: [["X-A", "v"]] });
    expect(seen).toMatchObject({ outcome: "unknown", backend: ADDRESS.api, unknowns: [{ affects: "refusal" }] });
    expect(traced(seen, "x-a")!.state).toBe("same");
  });

  it("of 50 % meets about half of the draws", () => {
    const model = edgeModel(({ routeRule }) => (routeRule["route_action"] = abort(50)));
    const outcomes = Array.from({ length: 400 }, (_, index) => {
      const draw = (index * 0.6180339887498949) % 1;
      return traceRequest(model, edgeRequest("http", [], { draw })).outcome;
    });
    const met = outcomes.filter((outcome) => outcome === "fault-injected").length;
    expect(met).toBeGreaterThan(140);
    expect(met).toBeLessThan(260);
    expect(outcomes.filter((outcome) => outcome === "backend")).toHaveLength(400 - met);
  });

  it("that delays says for how long", () => {
    const delay = { percentage: 100, fixed_delay: { seconds: 2, nanos: 500_000_000 } };
    expect(act({ fault_injection_policy: { delay } })).toMatchObject({
      outcome: "backend",
      forward: { delayMs: 2500 },
    });
    expect(act({ fault_injection_policy: { delay: { ...delay, percentage: 0 } } }).forward!.delayMs).toBeUndefined();
  });

  it("on a weighted route stays open, whatever backend is drawn", () => {
    const weighted = [API, WEB].map((backend_service) => ({ backend_service, weight: 1 }));
    const seen = act({ ...abort(50), weighted_backend_services: weighted });
    expect(seen).toMatchObject({ outcome: "unknown", unknowns: [{ affects: "refusal" }] });
    expect(seen.backends).toHaveLength(2);
  });
});

describe("CORS (U23)", () => {
  const cors = (more: Block): Block => ({ cors_policy: { allow_methods: ["GET", "PUT"], max_age: 60, ...more } });
  const asks = (origin: string) => ({
    lines: [
      ["Origin", origin],
      ["Access-Control-Request-Method", "PUT"],
    ] as const,
    more: { method: "OPTIONS" },
  });
  const ORIGIN = "https://app.example.com";

  it.each([
    ["by name", { allow_origins: [ORIGIN] }],
    ["as any", { allow_origins: ["*"] }],
    ["by an expression", { allow_origin_regexes: ["https://.*\\.example\\.com"] }],
  ])("answers the preflight of an origin that is allowed %s", (_, allowed) => {
    const seen = act(cors({ ...allowed, allow_credentials: true }), asks(ORIGIN));
    expect(seen).toMatchObject({ outcome: "answered-by-edge", answer: { status: 200 } });
    expect(seen.answer!.headers).toEqual([
      ["access-control-allow-origin", ORIGIN],
      ["access-control-allow-methods", "GET,PUT"],
      ["access-control-max-age", "60"],
      ["access-control-allow-credentials", "true"],
    ]);
  });

  it.each([
    ["of another origin", cors({ allow_origins: ["https://other.example.com"] })],
    ["where it is switched off", cors({ allow_origins: [ORIGIN], disabled: true })],
    ["where no origin is allowed", cors({})],
  ])("passes the preflight %s on", (_, action) => {
    expect(act(action, asks(ORIGIN))).toMatchObject({ outcome: "backend", unknowns: [] });
  });

  it("passes an OPTIONS that is no preflight on, and writes what it allows into the answer", () => {
    const seen = act(cors({ allow_origins: [ORIGIN], expose_headers: ["X-A"] }), {
      lines: [["Origin", ORIGIN]],
      more: { method: "OPTIONS" },
    });
    expect(seen.outcome).toBe("backend");
    expect(seen.forward!.responseActions).toEqual([
      { kind: "add", name: "access-control-allow-origin", value: ORIGIN, replace: true },
      { kind: "add", name: "access-control-expose-headers", value: "X-A", replace: true },
    ]);
  });

  it.each([
    ["origins that are an expression", { allow_origins: VARIABLE }],
    ["an expression that is not evaluated", { allow_origin_regexes: ["(?=a)"] }],
    ["a switch that is an expression", { disabled: VARIABLE }],
  ])("leaves a preflight open with %s, and nothing else", (_, more) => {
    expect(act(cors(more), asks(ORIGIN))).toMatchObject({ outcome: "unknown", unknowns: [{ affects: "refusal" }] });
    expect(act(cors(more), { lines: [["Origin", ORIGIN]] })).toMatchObject({ outcome: "backend", unknowns: [] });
  });
});

describe("weighted backend services (U20)", () => {
  const weighted = (...choices: Block[]): Block => ({ weighted_backend_services: choices });
  const one = (backend_service: string, weight: number, header_action?: Block): Block => ({
    backend_service,
    weight,
    ...(header_action !== undefined && { header_action }),
  });
  const sets = (header_value: string): Block => ({
    request_headers_to_add: [{ header_name: "X-A", header_value, replace: true }],
  });

  it("one of a weight above 0 takes everything", () => {
    const seen = act(weighted(one(WEB, 0), one(API, 7)));
    expect(seen).toMatchObject({ outcome: "backend", backend: ADDRESS.api, service: ADDRESS.apiService });
    expect(seen.backends).toBeUndefined();
  });

  it("none of a weight above 0 is unknown", () => {
    expect(act(weighted(one(WEB, 0), one(API, 0))).outcome).toBe("unknown");
  });

  it.each([
    [0, ADDRESS.api],
    [0.2999, ADDRESS.api],
    [0.3, ADDRESS.web],
    [0.9999, ADDRESS.web],
  ])("a draw of %s goes to %s", (draw, backend) => {
    expect(act(weighted(one(API, 3), one(WEB, 7)), { more: { draw } }).backend).toBe(backend);
  });

  it("without a draw all are told, with what is the same for all", () => {
    const seen = act(weighted(one(API, 3, sets("api")), one(WEB, 7, sets("web"))), { lines: [["X-B", "b"]] });
    expect(seen).toMatchObject({
      outcome: "backend",
      backends: [
        { backend: ADDRESS.api, service: ADDRESS.apiService, weight: 3 },
        { backend: ADDRESS.web, service: ADDRESS.webService, weight: 7 },
      ],
    });
    expect([seen.backend, seen.service]).toEqual([undefined, undefined]);
    expect(traced(seen, "x-a")).toMatchObject({ state: "unknown", arrives: [null] });
    expect(traced(seen, "x-a")!.by).toHaveLength(2);
    expect(traced(seen, "x-b")).toMatchObject({ state: "same", arrives: ["b"] });
  });

  it("different ends are left to chance", () => {
    const seen = act(weighted(one(API, 1), one(WEB, 1)), {
      patch: ({ service }) => delete service["invoker_iam_disabled"],
    });
    expect(seen.outcome).toBe("unknown");
    expect(seen.unknowns.map(({ reason }) => reason).join()).toContain("chance decides between");
  });

  it("header actions run before those of the route rule (U2)", () => {
    const seen = act(weighted(one(API, 1, sets("narrow"))), {
      patch: ({ routeRule }) => (routeRule["header_action"] = sets("broad")),
    });
    expect(arriving(seen, "x-a")).toEqual(["broad"]);
    expect(traced(seen, "x-a")!.by.map(({ effect }) => effect)).toEqual([
      "sets it at the weighted backend service",
      "sets it at the route rule",
    ]);
  });

  it("what cannot be read of one that is not drawn spoils nothing", () => {
    const action = weighted(one(API, 1), one(WEB, 1, { request_headers_to_remove: VARIABLE }));
    expect(act(action, { more: { draw: 0 } }).unknowns).toEqual([]);
    expect(act(action, { more: { draw: 0.9 } }).unknowns).toMatchObject([{ affects: "headers" }]);
  });

  it("beside a service are no single destination", () => {
    const seen = act(weighted(one(API, 1)), { patch: ({ routeRule }) => (routeRule["service"] = WEB) });
    expect(seen.outcome).toBe("unknown");
  });
});

describe("what else a route action does", () => {
  it("a mirror is refused with a serverless NEG, and said (U19, M48)", () => {
    const seen = act({ request_mirror_policy: { backend_service: WEB } });
    expect(seen).toMatchObject({ outcome: "backend", problems: [{ fact: "M48", found: "apply" }] });
    expect(seen.notes.join()).toContain("sends a copy");
  });

  it("retries are said, and change nothing", () => {
    const seen = act({ retry_policy: { num_retries: 3 } });
    expect(seen).toMatchObject({ outcome: "backend", unknowns: [], problems: [] });
    expect(seen.notes.join()).toContain("may be sent again");
  });

  it("a timeout is handed on in milliseconds (U18)", () => {
    expect(act({ timeout: { seconds: 3, nanos: 0 } }).forward!.timeoutMs).toBe(3000);
  });

  it.each([
    [
      "the URL map's, met by no host rule alone",
      (e: SmallEdge) => void (e.urlMap["default_route_action"] = FAULT),
      "other",
      "/x",
      418,
    ],
    [
      "the URL map's, not inherited by a path matcher (U11)",
      (e: SmallEdge) => void (e.urlMap["default_route_action"] = FAULT),
      "api",
      "/x",
      undefined,
    ],
    [
      "the path matcher's, for what no rule matches",
      (e: SmallEdge) => void (e.pathMatcher["default_route_action"] = FAULT),
      "api",
      "/x",
      418,
    ],
    [
      "the path matcher's, not for what a rule matches",
      (e: SmallEdge) => void (e.pathMatcher["default_route_action"] = FAULT),
      "api",
      "/ws",
      undefined,
    ],
  ])("a default route action: %s", (_, patch, host, target, status) => {
    const certified = (edge: SmallEdge): void => {
      edge.certificate["managed"] = { domains: ["api.example.com", "other.example.com"] };
      patch(edge);
    };
    const request = edgeRequest("http", [], { target, headers: [["Host", `${host}.example.com`]] });
    expect(traceRequest(edgeModel(certified), request).answer?.status).toBe(status);
  });
});

const FAULT: Block = { fault_injection_policy: { abort: { http_status: 418, percentage: 100 } } };
