import { describe, expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import { edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";

const WEB = "${google_compute_backend_service.web.id}";
const REDIRECT: Block = { https_redirect: true, strip_query: false };
const WEIGHTED: Block = { weighted_backend_services: [{ backend_service: WEB, weight: 1 }] };
const RULE = "path_matcher[0].route_rules[0]";

function traced(patch: (edge: SmallEdge) => unknown, target = "/ws", host = "api.example.com") {
  const model = edgeModel((edge) => void patch(edge));
  return traceRequest(model, edgeRequest("http", [], { target, headers: [["Host", host]] }));
}

describe("a destination (U12, U13)", () => {
  it.each<[string, (edge: SmallEdge) => unknown, string, string, string]>([
    ["a rule without one", ({ routeRule }) => delete routeRule["service"], "/ws", "api.example.com", RULE],
    [
      "a path matcher without one, for what no rule matches",
      ({ pathMatcher }) => delete pathMatcher["default_service"],
      "/other",
      "api.example.com",
      "path_matcher[0]",
    ],
    [
      "a URL map without one, for a host that no rule names",
      ({ urlMap }) => delete urlMap["default_service"],
      "/ws",
      "app.example.com",
      "",
    ],
    [
      "a service beside a redirect",
      ({ routeRule }) => (routeRule["url_redirect"] = REDIRECT),
      "/ws",
      "api.example.com",
      `${RULE}.service`,
    ],
    [
      "a service beside weighted ones",
      ({ routeRule }) => (routeRule["route_action"] = WEIGHTED),
      "/ws",
      "api.example.com",
      `${RULE}.route_action.weighted_backend_services[0]`,
    ],
  ])("%s: Google refuses it, and the answer is open", (_, patch, target, host, attribute) => {
    const trace = traced(patch, target, host);
    expect(trace).toMatchObject({ outcome: "unknown", problems: [{ found: "apply", by: { attribute } }] });
    expect(trace.unknowns).toHaveLength(1);
  });

  it("is no matter of requests that another one is for", () => {
    const trace = traced(({ pathMatcher }) => delete pathMatcher["default_service"]);
    expect(trace).toMatchObject({ outcome: "backend", unknowns: [], problems: [] });
  });

  it("that cannot be read as a whole is open, and not refused", () => {
    const trace = traced(({ routeRule }) => (routeRule["url_redirect"] = "${var.it}"));
    expect(trace.outcome).toBe("unknown");
  });
});
