import { describe, expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import { PLACEHOLDER } from "../../../probes/terraform/graph.ts";
import { edgeModel } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest, traced } from "../../support/edge-request.ts";
import { VARIABLE } from "../../support/unknown-effect.ts";

const adds = (more: object) => ({
  header_action: { request_headers_to_add: [{ header_name: "X-A", header_value: "v", ...more }] },
});

describe("an unknown that decides", () => {
  it("a proxy target that is an expression may be any proxy: the port says which scheme", () => {
    const trace = traceRequest(
      edgeModel((e) => (e.forwardingRule["target"] = VARIABLE)),
      edgeRequest("http"),
    );
    expect(trace).toMatchObject({ outcome: "unknown", unknowns: [{ by: { attribute: "target" } }, {}] });
  });

  it("certificates that cannot be read are an unknown, and no TLS error", () => {
    const model = edgeModel((e) => (e.certificate["managed"] = { domains: VARIABLE }));
    const trace = traceRequest(model, edgeRequest("http"));
    expect(trace.outcome).toBe("unknown");
    expect(trace.unknowns).toHaveLength(1);
    expect(trace.unknowns[0]!.by).toMatchObject({ attribute: "managed.domains" });
  });

  it("a rule that may match first hides what comes after it", () => {
    const model = edgeModel(({ pathMatcher, routeRule }) => {
      const first = { priority: 1, match_rules: [{ prefix_match: VARIABLE }], service: pathMatcher["default_service"] };
      pathMatcher["route_rules"] = [routeRule, first];
    });
    expect(traceRequest(model, edgeRequest("http")).outcome).toBe("unknown");
  });

  it.each([
    ["another backend", { service: WEB }],
    ["its own header action", adds({})],
    ["a rewrite", { route_action: { url_rewrite: { host_rewrite: "x.example.com" } } }],
    ["something that cannot be read", { http_filter_configs: [{}] }],
  ])("a rule that may match first decides where it has %s", (_, more) => {
    const trace = traceRequest(
      edgeModel((e) => before(e, more)),
      edgeRequest("http"),
    );
    expect(trace.outcome).toBe("unknown");
    expect(trace.unknowns).toContainEqual(
      expect.objectContaining({ by: expect.objectContaining({ attribute: FIRST }) }),
    );
  });
});

describe("an unknown that has no part in a request does not spoil it", () => {
  it.each([
    [
      "in a rule that does not match",
      (e: SmallEdge) => void Object.assign(e.routeRule, { route_action: VARIABLE }),
      "/other",
    ],
    ["in a backend that is not chosen", (e: SmallEdge) => void (e.webBackend["security_policy"] = "p"), "/ws"],
    ["in a rule that may match first, and does the same", (e: SmallEdge) => before(e, {}), "/ws"],
    ["in a rule behind the one that matches", (e: SmallEdge) => behind(e, { prefix_match: VARIABLE }), "/ws"],
  ])("%s", (_, patch, target) => {
    const trace = traceRequest(edgeModel(patch), edgeRequest("http", [], { target }));
    expect(trace).toMatchObject({ outcome: "backend", unknowns: [] });
  });

  it("inert attributes change nothing", () => {
    const model = edgeModel((e) => {
      Object.assign(e.urlMap, { description: "d", test: [{ host: "a", path: "/" }], lifecycle: {}, timeouts: null });
      Object.assign(e.backend, {
        timeout_sec: 30,
        session_affinity: "NONE",
        security_policy: null,
        iap: { enabled: false },
      });
      Object.assign(e.backend, { description: "d", log_config: { enable: true, sample_rate: 1 } });
      Object.assign(e.template, { timeout: "3600s", scaling: { min_instance_count: 1 }, labels: { a: "b" } });
      Object.assign(e.template, { vpc_access: { egress: "ALL_TRAFFIC" } });
      Object.assign(e.service, { custom_audiences: ["https://api.example.com"], labels: { a: "b" } });
      Object.assign(e.resource, { google_compute_global_address: { main: { name: "main", labels: {} } } });
    });
    expect(traceRequest(model, edgeRequest("websocket"))).toMatchObject({ outcome: "backend", unknowns: [] });
  });
});

describe("an unknown value is not an unknown effect", () => {
  it.each([
    [
      "a URL-map header",
      (e: SmallEdge) => void Object.assign(e.urlMap, adds({ header_value: VARIABLE, replace: true })),
    ],
    [
      "a part of a URL-map header",
      (e: SmallEdge) => void Object.assign(e.urlMap, adds({ header_value: `v ${VARIABLE}`, replace: true })),
    ],
    [
      "a reference",
      (e: SmallEdge) =>
        void Object.assign(e.urlMap, adds({ header_value: "${google_compute_url_map.main.id}", replace: true })),
    ],
    ["a backend header", (e: SmallEdge) => void (e.backend["custom_request_headers"] = [`X-A: ${VARIABLE}`])],
    [
      "a variable of the edge that depends on the client",
      (e: SmallEdge) => void (e.backend["custom_request_headers"] = ["X-A: {client_city}"]),
    ],
  ])("%s arrives as null, and the request still reaches its backend", (_, patch) => {
    for (const protocol of ["http", "websocket"] as const) {
      const trace = traceRequest(edgeModel(patch), edgeRequest(protocol, [["X-A", "mine"]]));
      expect(trace).toMatchObject({ outcome: "backend", unknowns: [] });
      expect(traced(trace, "x-a")).toMatchObject({ state: "replaced", sent: ["mine"], arrives: [null] });
      expect(arriving(trace, "x-a").join()).toContain(PLACEHOLDER);
    }
  });
});

const WEB = "${google_compute_backend_service.web.id}";
const FIRST = "path_matcher[0].route_rules[0].match_rules[0].prefix_match";

/** Puts a rule before the one of the small edge that sends to the same backend, and of which the path is not known. */
function before({ pathMatcher, routeRule }: SmallEdge, more: object): void {
  const first = { priority: 1, match_rules: [{ prefix_match: VARIABLE }], service: routeRule["service"], ...more };
  pathMatcher["route_rules"] = [first, routeRule];
}

function behind({ pathMatcher, routeRule }: SmallEdge, match: object): void {
  pathMatcher["route_rules"] = [routeRule, { priority: 99, match_rules: [match], service: VARIABLE }];
}
