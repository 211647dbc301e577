import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { Assumptions } from "../../../probes/model/assumptions.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest } from "../../support/edge-request.ts";
import { VARIABLE, expectRefused, expectUnknownEffect } from "../../support/unknown-effect.ts";

const ORIGIN = "USE_ORIGIN_HEADERS";

interface Sent {
  readonly lines?: readonly HeaderLine[];
  readonly protocol?: "http" | "websocket";
  readonly assume?: Assumptions;
  readonly backend?: Block;
}

function through(cdn_policy: unknown, { lines = [], protocol = "http", assume, backend }: Sent = {}) {
  const model = edgeModel((edge) => Object.assign(edge.backend, { enable_cdn: true, cdn_policy, ...backend }));
  return traceRequest(model, edgeRequest(protocol, lines), assume);
}

describe("Cloud CDN", () => {
  it("forwards where the origin says what is cached (P8)", () => {
    expect(through({ cache_mode: ORIGIN })).toMatchObject({ outcome: "backend", unknowns: [], dependsOn: [] });
    expect(through([{ cache_mode: ORIGIN }])).toMatchObject({ outcome: "backend", unknowns: [] });
  });

  it.each([["FORCE_CACHE_ALL"], ["CACHE_ALL_STATIC"], [undefined], [VARIABLE]])(
    "with mode %s may answer in place of the service",
    (cache_mode) => {
      const trace = through({ ...(cache_mode !== undefined && { cache_mode }) });
      expect(trace).toMatchObject({ outcome: "unknown", unknowns: [{ by: { address: ADDRESS.api } }] });
      if (cache_mode !== VARIABLE) expect(trace.unknowns[0]!.reason).toContain("P8");
    },
  );

  it("is gone past by a request with a listed header, in any case", () => {
    const policy = {
      cache_mode: "CACHE_ALL_STATIC",
      bypass_cache_on_request_headers: [{ header_name: "Cookie" }, { header_name: "Authorization" }],
    };
    expect(through(policy, { lines: [["authorization", "Bearer c"]] })).toMatchObject({
      outcome: "backend",
      unknowns: [],
    });
    expect(through(policy, { lines: [["X-A", "1"]] }).outcome).toBe("unknown");
  });

  it("asks whether an upgrade passes (P9, Q12)", () => {
    const under = (reading: string) =>
      through({ cache_mode: ORIGIN }, { protocol: "websocket", assume: { "upgrade-with-cdn": reading } });
    expect(under("passed")).toMatchObject({ outcome: "backend", unknowns: [], dependsOn: ["upgrade-with-cdn"] });
    expect(under("refused")).toMatchObject({
      outcome: "answered-by-edge",
      answer: { status: 403, by: { address: ADDRESS.api, attribute: "enable_cdn", fact: "P9" } },
      dependsOn: ["upgrade-with-cdn"],
    });
  });

  it("answers no upgrade from a cache: a 101 is nothing that could be stored (P9)", () => {
    const trace = through({ cache_mode: "FORCE_CACHE_ALL" }, { protocol: "websocket" });
    expect(trace).toMatchObject({ outcome: "backend", unknowns: [], dependsOn: ["upgrade-with-cdn"] });
  });

  it.each(["applied", "not-applied"])("asks whether custom headers are written: %s (V10)", (reading) => {
    const backend = { custom_request_headers: ["X-A: edge"] };
    const assume = { "custom-headers-with-cdn": reading };
    const trace = through({ cache_mode: ORIGIN }, { backend, assume, lines: [["X-A", "mine"]] });
    expect(arriving(trace, "x-a")).toEqual([reading === "applied" ? "edge" : "mine"]);
    expect(trace.dependsOn).toEqual(["custom-headers-with-cdn"]);
  });

  it("does not ask without CDN", () => {
    const backend = { custom_request_headers: ["X-A: edge"], enable_cdn: false };
    const trace = through({ cache_mode: "FORCE_CACHE_ALL", novel: 1 }, { backend });
    expect(trace).toMatchObject({ outcome: "backend", unknowns: [], dependsOn: [] });
  });

  it("has attributes that change nothing", () => {
    const policy = { cache_mode: ORIGIN, cache_key_policy: {}, default_ttl: 1, signed_url_cache_max_age_sec: 0 };
    expect(through(policy)).toMatchObject({ outcome: "backend", unknowns: [] });
  });

  it.each([
    ["a switch that is an expression", { enable_cdn: VARIABLE }, "enable_cdn", '"enable_cdn": '],
    [
      "a bypass header that is an expression",
      {
        enable_cdn: true,
        cdn_policy: { cache_mode: ORIGIN, bypass_cache_on_request_headers: { header_name: VARIABLE } },
      },
      "cdn_policy.bypass_cache_on_request_headers[0].header_name",
      `"${VARIABLE}"`,
    ],
  ])("cannot be told for %s", (what, written, attribute, at) => {
    expectUnknownEffect([what, (e: SmallEdge) => Object.assign(e.backend, written), ADDRESS.api, attribute, at]);
  });

  it.each([
    [
      "an unheard attribute",
      { enable_cdn: true, cdn_policy: { cache_mode: ORIGIN, novel: 1 } },
      "cdn_policy.novel",
      '"novel": ',
    ],
    [
      "an unheard attribute of a bypass header",
      {
        enable_cdn: true,
        cdn_policy: { cache_mode: ORIGIN, bypass_cache_on_request_headers: { header_name: "Cookie", novel: 1 } },
      },
      "cdn_policy.bypass_cache_on_request_headers[0].novel",
      '"novel": ',
    ],
  ])("refuses %s", (what, written, attribute, at) => {
    expectRefused([what, (e: SmallEdge) => Object.assign(e.backend, written), ADDRESS.api, attribute, at]);
  });
});
