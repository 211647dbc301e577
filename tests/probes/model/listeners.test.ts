import { expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import { edgeModel } from "../../support/edge-fixture.ts";
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
