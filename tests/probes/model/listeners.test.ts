import { describe, expect, it } from "vitest";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, addRedirectListener, edgeModel, graphOf, smallEdge } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";

const request = edgeRequest("http");

function secondListener({ resource }: SmallEdge, urlMap: string): void {
  resource["google_compute_global_forwarding_rule"]!["second"] = {
    name: "second",
    load_balancing_scheme: "EXTERNAL_MANAGED",
    port_range: "443",
    target: "${google_compute_target_https_proxy.second.id}",
  };
  resource["google_compute_target_https_proxy"]!["second"] = {
    name: "second",
    url_map: `\${google_compute_url_map.${urlMap}.id}`,
    ssl_certificates: ["${google_compute_managed_ssl_certificate.main.id}"],
  };
}

it("answers for two listeners that share one URL map, as for IPv4 and IPv6", () => {
  const model = edgeModel((edge) => secondListener(edge, "main"));
  expect(traceRequest(model, request).outcome).toBe("backend");
});

it("cannot tell which of two URL maps a client meets", () => {
  const model = edgeModel((edge) => {
    secondListener(edge, "other");
    edge.resource["google_compute_url_map"]!["other"] = { ...edge.urlMap, name: "other" };
  });
  const trace = traceRequest(model, request);
  expect(trace.outcome).toBe("unknown");
  expect(trace.unknowns[0]).toMatchObject({
    reason: "serves https with another URL map than the first https listener",
    by: { address: "google_compute_global_forwarding_rule.second" },
  });
});

const NO_RULE = ({ resource }: SmallEdge): void => void delete resource["google_compute_global_forwarding_rule"];
const NO_PROXY = (edge: SmallEdge): void => {
  NO_RULE(edge);
  delete edge.resource["google_compute_target_https_proxy"];
};
const at = (host: string, more: object = {}) => edgeRequest("http", [], { headers: [["Host", host]], ...more });

describe("several listeners with maps of their own", () => {
  const other = (edge: SmallEdge, more: object): void => {
    secondListener(edge, "other");
    edge.resource["google_compute_url_map"]!["other"] = {
      name: "other",
      default_service: "${google_compute_backend_service.web.id}",
      ...more,
    };
  };

  it("are told apart by the one map that names the host, and the others are noted", () => {
    const trace = traceRequest(
      edgeModel((edge) => other(edge, {})),
      request,
    );
    expect(trace).toMatchObject({ outcome: "backend", backend: ADDRESS.api, unknowns: [] });
    expect(trace.notes).toEqual([expect.stringContaining("google_compute_global_forwarding_rule.second")]);
  });

  it("cannot be told apart where none names it", () => {
    const trace = traceRequest(
      edgeModel((edge) => other(edge, {})),
      at("app.example.com"),
    );
    expect(trace.outcome).toBe("unknown");
  });

  it("cannot be told apart where one of them cannot be read", () => {
    const model = edgeModel((edge) => {
      other(edge, {});
      edge.resource["google_compute_target_https_proxy"]!["second"]!["url_map"] = "${var.map}";
    });
    expect(traceRequest(model, request).outcome).toBe("unknown");
  });
});

describe("a configuration without a forwarding rule", () => {
  it("begins at its proxies, which tell the scheme and the certificates", () => {
    const model = edgeModel(NO_RULE);
    expect(traceRequest(model, request)).toMatchObject({ outcome: "backend", backend: ADDRESS.api, unknowns: [] });
    expect(traceRequest(model, at("x.example.org")).outcome).toBe("tls-error");
    expect(traceRequest(model, edgeRequest("http", [], { scheme: "http" })).outcome).toBe("no-listener");
  });

  it("begins at its URL map without proxies, for either scheme and any host", () => {
    const model = edgeModel(NO_PROXY);
    for (const scheme of ["http", "https"] as const)
      expect(traceRequest(model, edgeRequest("http", [], { scheme }))).toMatchObject({
        outcome: "backend",
        unknowns: [],
      });
    expect(traceRequest(model, at("x.example.org"))).toMatchObject({ outcome: "backend", backend: ADDRESS.web });
    expect(traceRequest(model, request).steps![0]!.effect).toContain("no forwarding rule is described");
  });

  it("takes the map that names the host, and no way to https for https itself", () => {
    const model = edgeModel((edge) => {
      addRedirectListener(edge);
      NO_PROXY(edge);
      delete edge.resource["google_compute_target_http_proxy"];
    });
    expect(traceRequest(model, request)).toMatchObject({ outcome: "backend", backend: ADDRESS.api });
    expect(traceRequest(model, at("x.example.org"))).toMatchObject({ outcome: "backend", backend: ADDRESS.web });
    expect(traceRequest(model, at("x.example.org", { scheme: "http" })).outcome).toBe("unknown");
  });

  it("is the balancer that its backends say (U10)", () => {
    const model = edgeModel((edge) => {
      NO_PROXY(edge);
      for (const block of [edge.backend, edge.webBackend]) block["load_balancing_scheme"] = "EXTERNAL";
    });
    expect(model.listeners[0]!.product).toMatchObject({ value: "classic" });
  });
});

describe("ports", () => {
  const regional =
    (more: object) =>
    ({ resource, forwardingRule }: SmallEdge) => {
      resource["google_compute_forwarding_rule"] = { https: { ...forwardingRule, port_range: null, ...more } };
      delete resource["google_compute_global_forwarding_rule"];
    };
  const portsOf = (patch: (edge: SmallEdge) => void) =>
    edgeModel(patch).listeners.map(({ port, lastPort }) => [port, lastPort]);

  it.each<[string, (edge: SmallEdge) => void, number[][]]>([
    ["a range", ({ forwardingRule }) => void (forwardingRule["port_range"] = "8080-8090"), [[8080, 8090]]],
    [
      "a list",
      regional({ ports: ["443", "8443"] }),
      [
        [443, 443],
        [8443, 8443],
      ],
    ],
    ["all", regional({ all_ports: true }), [[1, 65535]]],
    ["none", regional({}), [[0, 0]]],
  ])("%s", (_, patch, ports) => expect(portsOf(patch)).toEqual(ports));
});

it.each([
  ["a network balancer", { target: null, backend_service: "b" }],
  ["a TCP proxy", { target: "${google_compute_target_tcp_proxy.t.id}" }],
  ["Private Service Connect", { target: "all-apis" }],
])("a forwarding rule of %s is none of ours", (_, more) => {
  const model = edgeModel(({ resource, forwardingRule }) => {
    resource["google_compute_forwarding_rule"] = { other: { ...forwardingRule, ...more } };
  });
  expect(model.listeners).toHaveLength(1);
});

it("no listener is not certain where a module is not read (fact of absence)", () => {
  const graph = graphOf(smallEdge());
  const by = { address: "module.front", attribute: "", file: "main.tf", line: 3, column: 1 };
  const model = buildEdgeModel({ ...graph, unknowns: [{ kind: "unknown", reason: "is not read", by }] });
  const trace = traceRequest(model, edgeRequest("http", [], { scheme: "http" }));
  expect(trace).toMatchObject({ outcome: "unknown", unknowns: [{ affects: "refusal" }, { affects: "nothing" }] });
});

describe("an extension (P10)", () => {
  const extension =
    (more: object) =>
    ({ resource }: SmallEdge) =>
      (resource["google_network_services_lb_traffic_extension"] = { x: { name: "x", ...more } });

  it.each<[string, object, string]>([
    ["names this rule", { forwarding_rules: ["${google_compute_global_forwarding_rule.https.self_link}"] }, "unknown"],
    ["names nothing that can be read", { forwarding_rules: "${var.rules}" }, "unknown"],
    [
      "names another rule",
      { forwarding_rules: ["${google_compute_global_forwarding_rule.other.self_link}"] },
      "backend",
    ],
    ["names another rule by its link", { forwarding_rules: ["projects/p/global/forwardingRules/other"] }, "backend"],
  ])("that %s: %s", (_, more, outcome) => {
    const trace = traceRequest(
      edgeModel((edge) => void extension(more)(edge)),
      request,
    );
    expect(trace.outcome).toBe(outcome);
    expect(trace.unknowns.at(-1)).toMatchObject({ affects: "nothing" });
  });
});

it("names ten of the listeners that a request passes by, and counts the rest", () => {
  const model = edgeModel((edge) => {
    for (let index = 0; index < 25; index += 1) {
      edge.resource["google_compute_url_map"]![`map-${index}`] = {
        name: `map-${index}`,
        default_service: "${google_compute_backend_service.web.id}",
        host_rule: [{ hosts: [`app-${index}.example.com`, `*.app-${index}.example.com`], path_matcher: "own" }],
        path_matcher: [{ name: "own", default_service: "${google_compute_backend_service.web.id}" }],
      };
    }
    NO_PROXY(edge);
  });
  for (const host of ["app-24.example.com", "a.b.app-24.example.com:443"]) {
    const { matchedBy, notes } = traceRequest(model, at(host));
    expect(matchedBy?.address).toBe("google_compute_url_map.map-24");
    expect(notes).toHaveLength(11);
    expect(notes.at(-1)).toBe("and 15 more listeners like it");
  }
});
