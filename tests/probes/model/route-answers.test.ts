import { describe, expect, it } from "vitest";
import { faultOf } from "../../../probes/model/route-answers.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";
import { VARIABLE } from "../../support/unknown-effect.ts";

const BY = { address: "a", attribute: "b", file: "main.tf", line: 1, column: 1 };
const abort = (percent: number) => ({ abort: { status: 503, percent }, by: BY });
const delay = (percent: number) => ({ delay: { ms: 20, percent }, by: BY });
const drawn = (draw: number) => edgeRequest("http", [], { draw });

describe("a request that is drawn", () => {
  it.each([
    [0, 503],
    [0.2999, 503],
    [0.3, undefined],
    [0.9, undefined],
  ])("at %s meets an abort of 30 %% or not: %s", (draw, status) => {
    expect(faultOf(abort(30), drawn(draw)).answer?.status).toBe(status);
  });

  it("keeps a whole draw for what is decided after it", () => {
    expect(faultOf(abort(50), drawn(0.5)).draw).toBeCloseTo(0);
    expect(faultOf(abort(50), drawn(0.75)).draw).toBeCloseTo(0.5);
    expect(faultOf(abort(0), drawn(0.75)).draw).toBe(0.75);
    expect(faultOf(undefined, drawn(0.75)).draw).toBe(0.75);
  });

  it("is delayed and aborted each by itself", () => {
    const both = { ...abort(50), ...delay(50) };
    const met = [0.1, 0.3, 0.6, 0.9].map((draw) => {
      const { answer, delayMs } = faultOf(both, drawn(draw));
      return [delayMs, answer?.status];
    });
    expect(met).toEqual([
      [20, 503],
      [20, undefined],
      [undefined, 503],
      [undefined, undefined],
    ]);
  });

  it("falls to each weighted service as often as its weight says, behind a fault too", () => {
    const model = edgeModel(({ routeRule }) => {
      delete routeRule["service"];
      routeRule["route_action"] = {
        fault_injection_policy: { abort: { http_status: 503, percentage: 50 } },
        weighted_backend_services: ["api", "web"].map((name) => ({
          backend_service: `\${google_compute_backend_service.${name}.id}`,
          weight: 1,
        })),
      };
    });
    const counts = new Map<string, number>();
    for (let index = 0; index < 400; index++) {
      const { outcome, backend } = traceRequest(model, drawn(index / 400));
      const end = outcome === "backend" ? backend! : outcome;
      counts.set(end, (counts.get(end) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({ "fault-injected": 200, [ADDRESS.api]: 100, [ADDRESS.web]: 100 });
  });
});

it("without a draw an abort of a part of the requests is open, and one of all or none is not", () => {
  const request = edgeRequest("http");
  expect(faultOf(abort(50), request)).toMatchObject({ unknowns: [{ affects: "refusal" }] });
  expect(faultOf(abort(50), request).unknowns[0]!.reason).toContain("50 %");
  expect(faultOf(abort(100), request)).toMatchObject({ answer: { status: 503 }, unknowns: [] });
  expect(faultOf(abort(0), request)).toMatchObject({ unknowns: [] });
  expect(faultOf(abort(0), request).answer).toBeUndefined();
});

const acts = (action: Block) => (edge: SmallEdge) => {
  if ("weighted_backend_services" in action) delete edge.routeRule["service"];
  edge.routeRule["route_action"] = action;
};

it("a CORS policy that may be switched off leaves the preflight of an allowed origin open (U23)", () => {
  const origin = "https://app.example.com";
  const lines = [
    ["Origin", origin],
    ["Access-Control-Request-Method", "PUT"],
  ] as const;
  const preflight = (disabled: unknown) =>
    traceRequest(
      edgeModel(acts({ cors_policy: { allow_origins: [origin], disabled } })),
      edgeRequest("http", lines, { method: "OPTIONS" }),
    );
  expect(preflight(VARIABLE)).toMatchObject({ outcome: "unknown", unknowns: [{ affects: "refusal" }] });
  expect(preflight(false)).toMatchObject({ outcome: "answered-by-edge", unknowns: [] });
});

describe("weights that cannot be read (U20)", () => {
  const choices = (weights: readonly unknown[], names: readonly string[]) =>
    edgeModel(
      acts({
        weighted_backend_services: weights.map((weight, index) => ({
          backend_service: `\${google_compute_backend_service.${names[index]}.id}`,
          ...(weight !== undefined && { weight }),
        })),
      }),
    );

  it.each([
    ["an expression", VARIABLE],
    ["none at all", undefined],
  ])("%s: all are told without a draw, none is chosen with one", (_, weight) => {
    const model = choices([weight, 1], ["api", "web"]);
    const all = traceRequest(model, edgeRequest("http"));
    expect(all).toMatchObject({ outcome: "backend", unknowns: [{ affects: "nothing" }] });
    expect(all.backends!.map(({ backend }) => backend)).toEqual([ADDRESS.api, ADDRESS.web]);
    expect(all.backend).toBeUndefined();
    expect(traceRequest(model, drawn(0.5)).outcome).toBe("unknown");
  });

  it("change nothing where there is one service", () => {
    for (const request of [edgeRequest("http"), drawn(0.5)])
      expect(traceRequest(choices([VARIABLE], ["api"]), request)).toMatchObject({
        outcome: "backend",
        backend: ADDRESS.api,
      });
  });
});

it("a timeout of the route may end an open WebSocket, which is said of upgrades alone (U18, Q14)", () => {
  const model = edgeModel(acts({ timeout: { seconds: 30 } }));
  expect(traceRequest(model, edgeRequest("websocket")).notes.join()).toContain("Q14");
  expect(traceRequest(model, edgeRequest("http")).notes).toEqual([]);
});

it("a cache policy of a route may answer in place of the service", () => {
  const model = edgeModel(acts({ cache_policy: { cache_mode: "FORCE_CACHE_ALL" } }));
  expect(traceRequest(model, edgeRequest("http"))).toMatchObject({
    outcome: "unknown",
    backend: ADDRESS.api,
    unknowns: [{ affects: "refusal" }],
  });
});
