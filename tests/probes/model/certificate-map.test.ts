import { describe, expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import { edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";
import { VARIABLE } from "../../support/unknown-effect.ts";

const REFERENCE = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.main.id}";
const MAP = "${google_certificate_manager_certificate_map.main.name}";
const certificate = (name: string): string => `\${google_certificate_manager_certificate.${name}.id}`;

/** Puts a map with these entries in place of the plain certificates; certificates by name, with their domains. */
function withMap(entries: Record<string, Block>, certificates: Record<string, unknown>, more: Block = {}) {
  return ({ resource, proxy }: SmallEdge): void => {
    delete proxy["ssl_certificates"];
    proxy["certificate_map"] = REFERENCE;
    resource["google_certificate_manager_certificate_map"] = { main: { name: "main", labels: { a: "b" } } };
    resource["google_certificate_manager_certificate_map_entry"] = entries;
    resource["google_certificate_manager_certificate"] = Object.fromEntries(
      Object.entries(certificates).map(([name, domains]) => [name, { name, managed: { domains } }]),
    );
    Object.assign(proxy, more);
  };
}

const entry = (written: Block, ...names: string[]): Block => ({
  map: MAP,
  certificates: names.map(certificate),
  ...written,
});
const outcome = (host: string, patch: (edge: SmallEdge) => void) =>
  traceRequest(edgeModel(patch), edgeRequest("http", [], { headers: [["Host", host]] })).outcome;

describe("a certificate map", () => {
  it.each([
    ["api.example.com", { hostname: "api.example.com" }, ["api.example.com"], "backend"],
    ["API.example.com", { hostname: "Api.example.com" }, ["API.example.com"], "backend"],
    ["api.example.com", { hostname: "api.example.com" }, ["*.example.com"], "backend"],
    ["api.example.com", { hostname: "*.example.com" }, ["api.example.com"], "backend"],
    ["app.example.com", { hostname: "*.example.com" }, ["api.example.com"], "tls-error"],
    ["api.example.com", { hostname: "api.example.com" }, ["app.example.com"], "tls-error"],
    ["app.example.com", { hostname: "api.example.com" }, ["api.example.com", "app.example.com"], "tls-error"],
    ["app.example.com", { matcher: "PRIMARY" }, ["api.example.com", "app.example.com"], "backend"],
    ["www.example.com", { matcher: "PRIMARY" }, ["api.example.com"], "tls-error"],
  ])("for %s with entry %j and domains %j: %s", (host, written, domains, expected) => {
    expect(outcome(host, withMap({ one: entry(written, "c") }, { c: domains }))).toBe(expected);
  });

  it("picks the entry of the very name before a wildcard before the primary one", () => {
    const certificates = { own: ["other.example.com"], wild: ["*.example.com"], all: ["*.example.com", "example.com"] };
    const entries = {
      own: entry({ hostname: "api.example.com" }, "own"),
      all: entry({ matcher: "PRIMARY" }, "all"),
      wild: entry({ hostname: "*.example.com" }, "wild"),
    };
    const patch = withMap(entries, certificates);
    expect(outcome("api.example.com", patch)).toBe("tls-error");
    expect(outcome("app.example.com", patch)).toBe("backend");
    expect(outcome("example.com", patch)).toBe("backend");
    const { wild, ...others } = entries;
    expect(
      outcome(
        "app.example.com",
        withMap({ ...others, wild: { ...wild, certificates: [certificate("own")] } }, certificates),
      ),
    ).toBe("tls-error");
  });

  it("names what its certificates cover, for whoever serves them", () => {
    const entries = { a: entry({ hostname: "api.example.com" }, "c", "d") };
    const [listener] = edgeModel(
      withMap(entries, { c: ["api.example.com"], d: ["API.example.com", "x.example.com"] }),
    ).listeners;
    expect(listener!.certificateNames).toEqual(["api.example.com", "x.example.com"]);
  });

  it("takes the place of the plain certificates", () => {
    const plain = { ssl_certificates: ["${google_compute_managed_ssl_certificate.main.id}"] };
    const patch = withMap({ one: entry({ hostname: "app.example.com" }, "c") }, { c: ["app.example.com"] }, plain);
    expect(outcome("api.example.com", patch)).toBe("tls-error");
  });

  it("has no part in the entries of another map, and finds its own by name", () => {
    const other = {
      ...entry({ matcher: "PRIMARY" }, "c"),
      map: "${google_certificate_manager_certificate_map.other.name}",
    };
    const named = { ...entry({ hostname: "app.example.com" }, "c"), map: "main" };
    const patch = withMap({ other, named }, { c: ["*.example.com"] });
    expect(outcome("api.example.com", patch)).toBe("tls-error");
    expect(outcome("app.example.com", patch)).toBe("backend");
  });
});

describe("of a certificate map, what cannot be read", () => {
  const good = entry({ hostname: "api.example.com" }, "c");
  const both = (written: Block) => withMap({ good, bad: { ...good, ...written } }, { c: ["*.example.com"] });

  it.each([
    ["the map", withMap({}, {}, { certificate_map: VARIABLE })],
    ["a map that is not there", withMap({}, {}, { certificate_map: REFERENCE.replace("main", "gone") })],
    ["a map without entries", withMap({}, {})],
    ["the domains", withMap({ good }, { c: VARIABLE })],
    ["a certificate of other kind", withMap({ one: { ...good, certificates: ["${google_x.y.id}"] } }, { c: [] })],
    ["no certificate", withMap({ one: { ...good, certificates: [] } }, { c: [] })],
  ])("%s leaves the name open", (_, patch) => {
    expect(outcome("api.example.com", patch)).toBe("unknown");
    expect(edgeModel(patch).listeners[0]!.unreadCertificates).toHaveLength(1);
  });

  it.each([
    ["a hostname", { hostname: VARIABLE }],
    ["neither hostname nor matcher", { hostname: null }],
    ["the entry's map", { map: VARIABLE }],
  ])("%s may be for any name", (_, written) => {
    expect(outcome("api.example.com", both(written))).toBe("unknown");
  });

  it("an argument that no provider takes is refused, wherever it stands", () => {
    const patch = (edge: SmallEdge): void => {
      withMap({ good: { ...good, novel: 1 } }, { c: ["api.example.com"] })(edge);
      edge.resource["google_certificate_manager_certificate_map"]!["main"]!["novel"] = 1;
      edge.resource["google_certificate_manager_certificate"]!["c"]!["novel"] = 1;
    };
    expect(outcome("api.example.com", patch)).toBe("backend");
    const places = edgeModel(patch).listeners[0]!.problems.map(({ found, by }) => [found, by.attribute]);
    expect(places).toEqual([
      ["validate", "novel"],
      ["validate", "novel"],
      ["validate", "novel"],
    ]);
  });

  it.each([
    ["a scope that no load balancer serves", { scope: "EDGE_CACHE" }],
    ["an uploaded certificate", { managed: null, self_managed: {} }],
  ])("%s leaves the name open", (_, written) => {
    const patch = (edge: SmallEdge): void => {
      withMap({ good }, { c: ["api.example.com"] })(edge);
      Object.assign(edge.resource["google_certificate_manager_certificate"]!["c"]!, written);
    };
    expect(outcome("api.example.com", patch)).toBe("unknown");
  });

  it("is no matter where it changes nothing", () => {
    const patch = (edge: SmallEdge): void => {
      withMap({ good: { ...good, labels: {}, description: "d" } }, { c: [] })(edge);
      Object.assign(edge.resource["google_certificate_manager_certificate"]!["c"]!, {
        scope: "DEFAULT",
        labels: {},
        location: "global",
        managed: { domains: ["api.example.com"], dns_authorizations: ["${google_x.y.id}"] },
      });
      edge.proxy["ssl_policy"] = "${google_compute_ssl_policy.main.id}";
    };
    expect(outcome("api.example.com", patch)).toBe("backend");
  });
});
