import { describe, expect, it } from "vitest";
import { buildEdges } from "../../../../probes/model/build.ts";
import { audit } from "../../../../probes/rules/static/audit.ts";
import type { Audit } from "../../../../probes/rules/static/audit.ts";
import { CERTIFICATE_RULES } from "../../../../probes/rules/static/certificate/index.ts";
import { graphOf, smallEdge } from "../../../support/edge-fixture.ts";
import type { SmallEdge } from "../../../support/edge-fixture.ts";

function auditOf(change: (edge: SmallEdge) => void): Audit {
  const graph = graphOf(smallEdge(change));
  return audit(CERTIFICATE_RULES, { graph, edges: buildEdges(graph) });
}

const HOSTS = (hosts: readonly string[], names: readonly string[]): Audit =>
  auditOf(({ hostRule, certificate }) => {
    hostRule["hosts"] = hosts;
    certificate["managed"] = { domains: names };
  });

const found = ({ findings }: Audit): string[] => findings.map(({ id, where: { attribute } }) => `${id} ${attribute}`);

describe("rules on certificates", () => {
  it.each<[string, string, number]>([
    ["api.example.com", "api.example.com", 0],
    ["API.example.com", "api.example.com", 0],
    ["api.example.com:8443", "api.example.com", 0],
    ["api.example.com", "app.example.com", 1],
    ["example.com", "www.example.com", 1],
    ["*.example.com", "api.example.com", 0],
    ["*.example.com", "api.example.org", 1],
    ["*-api.example.com", "dev-api.example.com", 0],
    ["*", "api.example.org", 0],
  ])("host %s under a certificate for %s: %i findings", (host, name, count) => {
    expect(found(HOSTS([host], [name]))).toEqual(Array(count).fill("host-without-certificate host_rule[0].hosts[0]"));
  });

  it("a wildcard covers one label, on whichever side it stands", () => {
    const wild = (host: string): Audit =>
      auditOf(({ hostRule, proxy, resource }) => {
        hostRule["hosts"] = [host];
        delete proxy["ssl_certificates"];
        proxy["certificate_manager_certificates"] = ["${google_certificate_manager_certificate.main.id}"];
        resource["google_certificate_manager_certificate"] = {
          main: { name: "main", managed: { domains: ["*.example.com"], dns_authorizations: ["a"] } },
        };
      });
    expect(found(wild("api.example.com"))).toEqual([]);
    expect(found(wild("*.example.com"))).toEqual([]);
    expect(found(wild("*-api.example.com"))).toEqual([]);
    expect(found(wild("example.com"))).toHaveLength(1);
    expect(found(wild("a.api.example.com"))).toHaveLength(1);
  });

  it("one listener of the map that covers a host is enough", () => {
    const twice = ({ hostRule, proxy, forwardingRule, resource }: SmallEdge): void => {
      hostRule["hosts"] = ["api.example.com", "ws.example.com"];
      resource["google_compute_managed_ssl_certificate"]!["other"] = {
        name: "other",
        managed: { domains: ["ws.example.com"] },
      };
      const certificates = ["${google_compute_managed_ssl_certificate.other.id}"];
      resource["google_compute_target_https_proxy"]!["other"] = {
        ...proxy,
        name: "other",
        ssl_certificates: certificates,
      };
      const target = "${google_compute_target_https_proxy.other.id}";
      resource["google_compute_global_forwarding_rule"]!["other"] = { ...forwardingRule, name: "other", target };
    };
    expect(found(auditOf(twice))).toEqual([]);
  });

  it("a certificate that cannot be read leaves open what it covers", () => {
    const unread = auditOf(({ hostRule, proxy }) => {
      hostRule["hosts"] = ["api.example.com", "ws.example.com"];
      proxy["ssl_certificates"] = ["${google_compute_managed_ssl_certificate.main.id}", "${var.another}"];
    });
    expect(unread).toMatchObject({
      findings: [],
      undecided: [{ id: "host-without-certificate", where: { attribute: "host_rule[0].hosts[1]" } }],
    });
  });

  it("a configuration without certificates of its own says nothing of them", () => {
    const map = auditOf(({ resource }) => {
      for (const type of Object.keys(resource).filter((each) => /forwarding_rule|proxy|certificate/.test(each)))
        delete resource[type];
    });
    expect(map).toEqual({ findings: [], undecided: [] });
  });

  it("counts certificates and names, and finds the first that is too many", () => {
    const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `h${index}.example.com`);
    const names = auditOf(({ certificate, hostRule }) => {
      hostRule["hosts"] = ["h0.example.com"];
      certificate["managed"] = { domains: many(101) };
    });
    expect(found(names)).toEqual(["too-many-certificates managed.domains[100]"]);
    expect(found(HOSTS(["h0.example.com"], many(100)))).toEqual([]);
  });
});
