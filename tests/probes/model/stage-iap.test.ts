import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { Assumptions } from "../../../probes/model/assumptions.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest, traced } from "../../support/edge-request.ts";
import { VARIABLE } from "../../support/unknown-effect.ts";

const atBackend = ({ backend }: SmallEdge): void => void (backend["iap"] = { enabled: true });
const atService = ({ service }: SmallEdge): void => void (service["iap_enabled"] = true);

function through(
  patch: (edge: SmallEdge) => void,
  lines: readonly HeaderLine[] = [],
  protocol: "http" | "websocket" = "http",
  assume: Assumptions = {},
) {
  return traceRequest(edgeModel(patch), edgeRequest(protocol, lines), assume);
}

describe.each([
  ["before the backend", atBackend, { address: ADDRESS.api, attribute: "iap" }],
  ["on the service", atService, { address: ADDRESS.apiService, attribute: "iap_enabled" }],
])("IAP %s", (_, on, place) => {
  it.each<[string, HeaderLine[], number]>([
    ["a page", [], 302],
    ["a script", [["X-Requested-With", "XMLHttpRequest"]], 401],
  ])("answers %s that has no session with %j (P5)", (_name, lines, status) => {
    expect(through(on, lines)).toMatchObject({
      outcome: "answered-by-edge",
      answer: { status, by: { ...place, fact: "P5" } },
      unknowns: [],
    });
  });

  it.each(["302", "401", "403"])("refuses a handshake with a status that is asked about: %s (P5)", (status) => {
    const trace = through(on, [], "websocket", { "iap-handshake-status": status });
    expect(trace).toMatchObject({ outcome: "answered-by-edge", answer: { status: Number(status) } });
    expect(trace.dependsOn).toEqual(["iap-handshake-status"]);
  });

  it("may let a token in Authorization pass, and consumes it (P2, G18)", () => {
    const trace = through(on, [["Authorization", "Bearer a.b.c"]]);
    expect(trace).toMatchObject({ outcome: "unknown", backend: ADDRESS.api, service: ADDRESS.apiService });
    expect(trace.unknowns).toMatchObject([{ affects: "refusal", by: place }]);
    expect(traced(trace, "authorization")).toMatchObject({ state: "removed", by: [{ fact: "P2" }] });
  });

  it("cannot tell whether a session or the token beside it is what counts", () => {
    const trace = through(on, [
      ["Cookie", "a=b; GCP_IAAP_AUTH_TOKEN_1=x"],
      ["Authorization", "Bearer app"],
    ]);
    expect(trace.outcome).toBe("unknown");
    expect(traced(trace, "authorization")).toMatchObject({ state: "unknown", arrives: [null] });
    expect(traced(trace, "cookie")).toMatchObject({ state: "same" });
  });

  it("tells who the user is, and takes a client's own word for it away (P4, P5b)", () => {
    const trace = through(on, [
      ["Authorization", "Bearer a.b.c"],
      ["X-Goog-Authenticated-User-Email", "forged"],
    ]);
    expect(traced(trace, "x-goog-authenticated-user-email")).toMatchObject({ state: "replaced", arrives: [null] });
    expect(traced(trace, "x-goog-iap-jwt-assertion")).toMatchObject({ state: "added", arrives: [null] });
    expect(traced(trace, "x-serverless-authorization")).toMatchObject({ state: "added", arrives: [null] });
  });

  it("comes before the IAM check, which it passes with a token of its own if it may (P5b)", () => {
    const trace = through(
      (edge) => {
        on(edge);
        delete edge.service["invoker_iam_disabled"];
      },
      [["Authorization", "Bearer a.b.c"]],
    );
    expect(trace).toMatchObject({ outcome: "unknown", service: ADDRESS.apiService });
    expect(trace.unknowns.map(({ affects }) => affects)).toEqual(["refusal", "refusal"]);
  });
});

it.each<[string, object]>([
  [
    "a block of an older provider, which switches it on by itself",
    { oauth2_client_id: "i", oauth2_client_secret: "s" },
  ],
  ["a block with enabled", { enabled: true }],
])("IAP is on with %s", (_, iap) => {
  expect(through(({ backend }) => (backend["iap"] = iap)).outcome).toBe("answered-by-edge");
});

it("IAP that may be on leaves open whether a request passes, and the headers that it would touch", () => {
  const trace = through(
    ({ backend }) => (backend["iap"] = { enabled: VARIABLE }),
    [
      ["Authorization", "Bearer c"],
      ["X-A", "1"],
    ],
  );
  expect(trace).toMatchObject({ outcome: "unknown", service: ADDRESS.apiService });
  expect(traced(trace, "authorization")).toMatchObject({ state: "unknown" });
  expect(traced(trace, "x-a")).toMatchObject({ state: "same" });
});

it.each([
  ["Cloud CDN", ({ backend }: SmallEdge) => void (backend["enable_cdn"] = true), "S10"],
  ["outlier detection", ({ backend }: SmallEdge) => void (backend["outlier_detection"] = {}), "S9"],
])("IAP together with %s is refused (M36)", (_, patch, fact) => {
  const trace = through((edge) => {
    atBackend(edge);
    patch(edge);
  });
  expect(trace.problems).toMatchObject([{ found: "apply", fact }]);
});
