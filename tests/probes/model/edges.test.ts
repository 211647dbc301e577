import { describe, expect, it } from "vitest";
import { buildEdgeModel, buildEdges } from "../../../probes/model/build.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, addEdge, addRedirectListener, graphOf, smallEdge } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";
import { VARIABLE } from "../../support/unknown-effect.ts";

const edgesOf = (patch: (edge: SmallEdge) => void = () => undefined) => buildEdges(graphOf(smallEdge(patch)));
const label = ({ forwardingRule }: SmallEdge, edge: unknown) =>
  (forwardingRule["labels"] = { "headgate-edge": edge, a: "b" });

describe("the edges of a stack", () => {
  it("are one without a name where no forwarding rule has a label", () => {
    const edges = edgesOf(addRedirectListener);
    expect(edges).toMatchObject([{ edge: undefined, name: "staging" }]);
    expect(edges[0]!.listeners).toHaveLength(2);
    expect(edgesOf((edge) => (edge.forwardingRule["labels"] = { a: "b" }))).toMatchObject([{ edge: undefined }]);
  });

  it("are one where there is no forwarding rule at all: the way begins at the proxy", () => {
    const edges = edgesOf(({ resource }) => delete resource["google_compute_global_forwarding_rule"]);
    expect(edges).toMatchObject([{ edge: undefined, listeners: [{ implied: true, scheme: "https" }] }]);
  });

  it("are told apart by the label, each with its own URL map", () => {
    const edges = edgesOf((edge) => {
      label(edge, "production");
      addEdge(edge, "preview");
    });
    expect(edges.map(({ edge, listeners }) => [edge, listeners.length])).toEqual([
      ["production", 1],
      ["preview", 1],
    ]);
    const backends = edges.map((edge) => traceRequest(edge, edgeRequest("http")).backend);
    expect(backends).toEqual([ADDRESS.api, ADDRESS.web]);
  });

  it("keep listeners without a label apart from those with one", () => {
    expect(edgesOf((edge) => void addEdge(edge, "preview")).map(({ edge }) => edge)).toEqual([undefined, "preview"]);
  });

  it("are one edge for who does not ask for them, where one map alone names the host", () => {
    const model = buildEdgeModel(graphOf(smallEdge((edge) => void addEdge(edge, "preview"))));
    expect(model).toMatchObject({ edge: undefined, listeners: [{ edge: undefined }, { edge: "preview" }] });
    const trace = traceRequest(model, edgeRequest("http"));
    expect(trace).toMatchObject({ outcome: "backend", backend: ADDRESS.api });
    expect(trace.notes).toEqual([expect.stringContaining("google_compute_global_forwarding_rule.preview")]);
  });

  it.each([
    ["a label", (edge: SmallEdge) => label(edge, VARIABLE)],
    ["all labels", (edge: SmallEdge) => (edge.forwardingRule["labels"] = VARIABLE)],
  ])("cannot be told for %s that is an expression", (_, patch) => {
    const [edge] = edgesOf((each) => void patch(each));
    expect(traceRequest(edge!, edgeRequest("http"))).toMatchObject({
      outcome: "unknown",
      unknowns: [{ by: { address: ADDRESS.forwardingRule } }],
    });
  });

  it("are named on the services that stand behind one alone", () => {
    const [edge] = edgesOf(
      ({ service }) => (service["labels"] = { "headgate-service": "api", "headgate-edge": "preview" }),
    );
    expect(edge!.services).toMatchObject([{ label: "api", edge: "preview" }, { edge: undefined }]);
  });
});

describe("two forwarding rules of one edge, as for IPv4 and IPv6", () => {
  const twin = (more: (edge: SmallEdge) => void) => (edge: SmallEdge) => {
    edge.resource["google_compute_global_forwarding_rule"]!["ipv6"] = { ...edge.forwardingRule, ip_version: "IPV6" };
    more(edge);
  };

  it("answer as one", () => {
    const [edge] = edgesOf(twin(() => undefined));
    expect(traceRequest(edge!, edgeRequest("websocket"))).toMatchObject({ outcome: "backend", unknowns: [] });
  });

  it("are unknown where one of them is", () => {
    const [edge] = edgesOf(
      twin(({ resource }) => (resource["google_compute_global_forwarding_rule"]!["ipv6"]!["metadata_filters"] = {})),
    );
    expect(traceRequest(edge!, edgeRequest("http")).outcome).toBe("unknown");
  });

  it("are both to have a certificate for a host", () => {
    const [edge] = edgesOf(
      twin(({ resource, proxy }) => {
        resource["google_compute_managed_ssl_certificate"]!["other"] = { managed: { domains: ["app.example.com"] } };
        const own = { ...proxy, ssl_certificates: ["${google_compute_managed_ssl_certificate.other.id}"] };
        resource["google_compute_target_https_proxy"]!["ipv6"] = own;
        resource["google_compute_global_forwarding_rule"]!["ipv6"]!["target"] =
          "${google_compute_target_https_proxy.ipv6.id}";
      }),
    );
    expect(traceRequest(edge!, edgeRequest("http"))).toMatchObject({
      outcome: "tls-error",
      matchedBy: { address: "google_compute_global_forwarding_rule.ipv6" },
    });
  });
});
