import { describe, expect, it } from "vitest";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import { ADDRESS, addRedirectListener, edgeModel, graphOf, smallEdge } from "../../support/edge-fixture.ts";

describe("an edge model", () => {
  it("of a plain edge holds no unknown anywhere", () => {
    const model = edgeModel();
    expect(JSON.stringify([model, [...model.backends]])).not.toContain('"kind":"unknown"');
  });

  it("carries name and digest of its graph", () => {
    const graph = graphOf(smallEdge(), "production");
    expect(buildEdgeModel(graph)).toMatchObject({ name: "production", digest: graph.digest });
  });

  it("has a listener for each forwarding rule, with its scheme, port and names", () => {
    expect(edgeModel(addRedirectListener).listeners).toMatchObject([
      { scheme: "https", port: 443, certificateNames: ["api.example.com", "app.example.com"], unknowns: [] },
      { scheme: "http", port: 80, certificateNames: [], unknowns: [] },
    ]);
  });

  it("reads a port given as a range or as a number", () => {
    expect(edgeModel(({ forwardingRule }) => (forwardingRule["port_range"] = "443-443")).listeners[0]!.port).toBe(443);
    expect(edgeModel(({ forwardingRule }) => (forwardingRule["port_range"] = 8443)).listeners[0]!.port).toBe(8443);
  });

  it("covers the names of every certificate, in lower case", () => {
    const model = edgeModel(({ proxy, resource }) => {
      resource["google_compute_managed_ssl_certificate"]!["more"] = { managed: [{ domains: ["MORE.example.com"] }] };
      (proxy["ssl_certificates"] as string[]).push("${google_compute_managed_ssl_certificate.more.id}");
    });
    expect(model.listeners[0]!.certificateNames).toEqual(["api.example.com", "app.example.com", "more.example.com"]);
  });

  it.each([
    ["an uploaded certificate", ["${google_compute_ssl_certificate.own.id}"]],
    ["an expression", "${var.certificates}"],
    ["none", []],
  ])("keeps %s as a certificate that cannot be read", (_, certificates) => {
    const [listener] = edgeModel(({ proxy }) => (proxy["ssl_certificates"] = certificates)).listeners;
    expect(listener!.certificateNames).toEqual([]);
    expect(listener!.unreadCertificates).toHaveLength(1);
    expect(listener!.unreadCertificates[0]!.by.file).toBe("cdk.tf.json");
  });

  it("names the Cloud Run services, by address, name and label", () => {
    const model = edgeModel(({ service }) => (service["labels"] = { "headgate-service": "backend" }));
    expect(model.services).toMatchObject([
      { address: ADDRESS.apiService, name: "api", label: "backend" },
      { address: ADDRESS.webService, name: "web", label: undefined },
    ]);
  });

  it("finds the service of a NEG that names it plainly", () => {
    const model = edgeModel(({ cloudRun }) => (cloudRun["service"] = "api"));
    expect(model.backends.get(ADDRESS.api)!.groups).toMatchObject([{ service: { address: ADDRESS.apiService } }]);
  });

  it("does not choose between two services of one name", () => {
    const model = edgeModel(({ cloudRun, resource, service }) => {
      cloudRun["service"] = "api";
      resource["google_cloud_run_v2_service"]!["twin"] = { ...service };
    });
    expect(model.backends.get(ADDRESS.api)!.groups).toMatchObject([
      { kind: "unknown", reason: expect.stringContaining("holds 2") as string },
    ]);
  });

  it("keeps what it cannot read beside what it can, of several backends", () => {
    const two = edgeModel(({ backend }) => (backend["backend"] as unknown[]).push({ group: "g" }));
    const noNeg = edgeModel(({ backend }) => delete backend["backend"]);
    expect(two.backends.get(ADDRESS.api)!.groups).toMatchObject([{ kind: "run" }, { kind: "unknown" }]);
    expect(noNeg.backends.get(ADDRESS.api)!.groups).toMatchObject([{ kind: "unknown" }]);
  });

  it.each([
    "google_network_services_lb_traffic_extension",
    "google_network_services_lb_route_extension",
    "google_api_gateway_gateway",
    "google_network_services_edge_cache_service",
  ])("says that a %s may change any header", (type) => {
    const model = edgeModel(({ resource }) => (resource[type] = { x: { name: "x" } }));
    expect(model.unknowns).toMatchObject([{ kind: "unknown", by: { address: `${type}.x` } }]);
  });
});
