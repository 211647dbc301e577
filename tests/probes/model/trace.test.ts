import { describe, expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, addRedirectListener, edgeModel } from "../../support/edge-fixture.ts";
import type { Block } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest } from "../../support/edge-request.ts";

describe("a traced request", () => {
  it.each(["http", "websocket"] as const)("%s names backend, service and the line that sent it there", (protocol) => {
    expect(traceRequest(edgeModel(), edgeRequest(protocol))).toMatchObject({
      outcome: "backend",
      backend: ADDRESS.api,
      service: ADDRESS.apiService,
      matchedBy: { address: ADDRESS.urlMap, attribute: "path_matcher[0].route_rules[0].service", fact: "U13" },
      unknowns: [],
      dependsOn: [],
    });
  });

  it("is sent on with its path folded and its query as it was", () => {
    const trace = traceRequest(edgeModel(), edgeRequest("http", [], { target: "//ws?a=//b" }));
    expect(trace).toMatchObject({ backend: ADDRESS.api, forward: { target: "/ws?a=//b" } });
    expect(trace.dependsOn).toEqual(["path-normalisation"]);
  });

  it("does not change the model, nor the request", () => {
    const model = edgeModel(({ urlMap }) => (urlMap["header_action"] = { request_headers_to_remove: ["Cookie"] }));
    const request = edgeRequest("websocket", [["Cookie", "a"]]);
    const before = JSON.stringify([model, request]);
    const first = traceRequest(model, request);
    expect(traceRequest(model, request)).toEqual(first);
    expect(JSON.stringify([model, request])).toBe(before);
  });

  it("has every forwarded name in lower case (H12)", () => {
    const model = edgeModel(({ backend }) => (backend["custom_request_headers"] = ["X-Upper: B"]));
    const names = traceRequest(model, edgeRequest("websocket", [["X-Mixed", "V"]])).forward!.headers.map(
      ([name]) => name,
    );
    expect(names).toEqual(names.map((name) => name.toLowerCase()));
    expect(names).toContain("x-upper");
  });
});

describe("listeners and certificates", () => {
  it("a scheme without a listener is not served", () => {
    expect(traceRequest(edgeModel(), edgeRequest("http", [], { scheme: "http" })).outcome).toBe("no-listener");
  });

  it.each([
    [["api.example.com"], "api.example.com", "backend"],
    [["*.example.com"], "api.example.com", "backend"],
    [["*.example.com"], "a.api.example.com", "tls-error"],
    [["*.example.com"], "example.com", "tls-error"],
    [["app.example.com"], "api.example.com", "tls-error"],
  ])("certificate names %j and host %s: %s", (domains, host, outcome) => {
    const model = edgeModel(({ certificate }) => (certificate["managed"] = { domains }));
    expect(traceRequest(model, edgeRequest("http", [], { headers: [["Host", host]] })).outcome).toBe(outcome);
  });

  it("a port in Host is not guessed at (H24)", () => {
    const trace = traceRequest(edgeModel(), edgeRequest("http", [], { headers: [["Host", "api.example.com:8443"]] }));
    expect(trace.outcome).toBe("unknown");
    expect(trace.unknowns[0]!.reason).toContain("H24");
  });
});

describe("redirects (U21)", () => {
  const redirected = (redirect: Block, target = "/ws?a=b") =>
    traceRequest(
      edgeModel((edge) => addRedirectListener(edge, redirect)),
      edgeRequest("websocket", [], { scheme: "http", target }),
    );

  it.each<[string, Block, number, string]>([
    ["to https", {}, 301, "https://api.example.com/ws?a=b"],
    ["without the query", { strip_query: true }, 301, "https://api.example.com/ws"],
    ["within the scheme", { https_redirect: false }, 301, "http://api.example.com/ws?a=b"],
    ["with 302", { redirect_response_code: "FOUND" }, 302, "https://api.example.com/ws?a=b"],
    ["with 303", { redirect_response_code: "SEE_OTHER" }, 303, "https://api.example.com/ws?a=b"],
    ["with 307", { redirect_response_code: "TEMPORARY_REDIRECT" }, 307, "https://api.example.com/ws?a=b"],
    ["to another host", { host_redirect: "www.example.com" }, 301, "https://www.example.com/ws?a=b"],
    ["with 308", { redirect_response_code: "PERMANENT_REDIRECT" }, 308, "https://api.example.com/ws?a=b"],
  ])("%s", (_, redirect, status, location) => {
    const trace = redirected(redirect);
    expect(trace).toMatchObject({ outcome: "redirect", answer: { status, headers: [["location", location]] } });
    expect(trace.forward).toBeUndefined();
  });

  it("name the place that redirects", () => {
    expect(redirected({}).matchedBy).toMatchObject({
      address: "google_compute_url_map.redirect",
      attribute: "default_url_redirect",
    });
  });

  it("of a route rule hold for that rule", () => {
    const model = edgeModel(({ routeRule }) => {
      delete routeRule["service"];
      routeRule["url_redirect"] = { strip_query: false };
    });
    expect(traceRequest(model, edgeRequest("http")).outcome).toBe("redirect");
    expect(traceRequest(model, edgeRequest("http", [], { target: "/other" })).outcome).toBe("backend");
  });
});

describe("order of the stages", () => {
  it("a refusal at the front comes before any route", () => {
    const trace = traceRequest(edgeModel(), edgeRequest("http", [["bad name", "x"]], { target: "/nowhere" }));
    expect(trace).toMatchObject({ outcome: "rejected-by-edge", answer: { status: 502 } });
    expect(trace.backend).toBeUndefined();
  });

  it("a header nominated by Connection is gone before a header action could see it", () => {
    const model = edgeModel(({ urlMap }) => {
      const written = { header_name: "X-A", header_value: "n", replace: false };
      urlMap["header_action"] = { request_headers_to_add: [written] };
    });
    const trace = traceRequest(
      model,
      edgeRequest("http", [
        ["Connection", "x-a"],
        ["X-A", "mine"],
      ]),
    );
    expect(arriving(trace, "x-a")).toEqual(["n"]);
    expect(trace.dependsOn).toEqual(["nominated-headers"]);
  });
});
