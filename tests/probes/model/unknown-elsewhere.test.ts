import { describe, it } from "vitest";
import { ADDRESS } from "../../support/edge-fixture.ts";
import { VARIABLE, expectRefused, expectUnknownEffect } from "../../support/unknown-effect.ts";
import type { UnknownEffect } from "../../support/unknown-effect.ts";

const ROWS: readonly UnknownEffect[] = [
  [
    "an edge policy that cannot be read",
    (e) => (e.backend["edge_security_policy"] = "p"),
    ADDRESS.api,
    "edge_security_policy",
    '"edge_security_policy": ',
  ],
  ["IAP that may be on", (e) => (e.backend["iap"] = { enabled: VARIABLE }), ADDRESS.api, "iap", '"iap": '],
  [
    "a migration between balancers",
    (e) => (e.backend["external_managed_migration_state"] = "TEST_ALL_TRAFFIC"),
    ADDRESS.api,
    "external_managed_migration_state",
    '"external_managed_migration_state": ',
  ],
  [
    "a signature for the backend",
    (e) => (e.backend["security_settings"] = { aws_v4_authentication: {} }),
    ADDRESS.api,
    "security_settings",
    '"security_settings": ',
  ],
  [
    "a custom header whose name is an expression",
    (e) => (e.backend["custom_request_headers"] = [`${VARIABLE}: v`]),
    ADDRESS.api,
    "custom_request_headers[0]",
    `"${VARIABLE}: v"`,
  ],
  [
    "a custom header that is an expression",
    (e) => (e.backend["custom_request_headers"] = ["X-A: v", VARIABLE]),
    ADDRESS.api,
    "custom_request_headers[1]",
    `"${VARIABLE}"`,
  ],
  [
    "custom headers that are an expression",
    (e) => (e.backend["custom_request_headers"] = VARIABLE),
    ADDRESS.api,
    "custom_request_headers",
    '"custom_request_headers": ',
  ],
  [
    "a custom header without a colon",
    (e) => (e.backend["custom_request_headers"] = ["X-A"]),
    ADDRESS.api,
    "custom_request_headers[0]",
    '"X-A"',
  ],
  [
    "a custom response header whose name is an expression",
    (e) => (e.backend["custom_response_headers"] = [`${VARIABLE}: v`]),
    ADDRESS.api,
    "custom_response_headers[0]",
    `"${VARIABLE}: v"`,
  ],
  [
    "a group that is an expression",
    (e) => (e.backend["backend"] = [{ group: VARIABLE }]),
    ADDRESS.api,
    "backend[0].group",
    `"${VARIABLE}"`,
  ],
  [
    "a URL mask that is an expression",
    (e) => void (delete e.cloudRun["service"], (e.cloudRun["url_mask"] = VARIABLE)),
    ADDRESS.neg,
    "cloud_run.url_mask",
    '"url_mask": ',
  ],
  ["a tag", (e) => (e.cloudRun["tag"] = "blue"), ADDRESS.neg, "cloud_run.tag", '"tag": '],
  [
    "a Cloud Run service that is an expression",
    (e) => (e.cloudRun["service"] = VARIABLE),
    ADDRESS.neg,
    "cloud_run.service",
    `"${VARIABLE}"`,
  ],
  [
    "a Cloud Run service by a name that nothing has",
    (e) => (e.cloudRun["service"] = "gone"),
    ADDRESS.neg,
    "cloud_run.service",
    '"gone"',
  ],
  [
    "IAP on the service that may be on",
    (e) => (e.service["iap_enabled"] = VARIABLE),
    ADDRESS.apiService,
    "iap_enabled",
    '"iap_enabled": ',
  ],
  [
    "an ingress that may shut the edge out",
    (e) => (e.service["ingress"] = "INGRESS_TRAFFIC_INTERNAL_ONLY"),
    ADDRESS.apiService,
    "ingress",
    '"INGRESS_TRAFFIC_INTERNAL_ONLY"',
  ],
  [
    "an IAM switch that is an expression",
    (e) => (e.service["invoker_iam_disabled"] = VARIABLE),
    ADDRESS.apiService,
    "invoker_iam_disabled",
    `"${VARIABLE}"`,
  ],
  [
    "a service mesh",
    (e) => (e.template["service_mesh"] = {}),
    ADDRESS.apiService,
    "template.service_mesh",
    '"service_mesh": ',
  ],
  [
    "a port name that is an expression",
    (e) => (e.ports["name"] = VARIABLE),
    ADDRESS.apiService,
    "template.containers[0].ports.name",
    `"${VARIABLE}"`,
  ],
  [
    "ports that are an expression",
    (e) => (e.container["ports"] = VARIABLE),
    ADDRESS.apiService,
    "template.containers[0].ports",
    '"ports": "${',
  ],
  [
    "a template that is an expression",
    (e) => (e.service["template"] = VARIABLE),
    ADDRESS.apiService,
    "template",
    `"${VARIABLE}"`,
  ],
  [
    "source addresses of the forwarding rule",
    (e) => (e.forwardingRule["source_ip_ranges"] = ["x"]),
    ADDRESS.forwardingRule,
    "source_ip_ranges",
    '"source_ip_ranges": ',
  ],
  [
    "a port that is an expression",
    (e) => (e.forwardingRule["port_range"] = VARIABLE),
    ADDRESS.forwardingRule,
    "port_range",
    '"port_range": ',
  ],
  [
    "client certificates at the proxy",
    (e) => (e.proxy["server_tls_policy"] = "x"),
    ADDRESS.proxy,
    "server_tls_policy",
    '"server_tls_policy": ',
  ],
  ["a URL map that is an expression", (e) => (e.proxy["url_map"] = VARIABLE), ADDRESS.proxy, "url_map", '"url_map": '],
  [
    "a service extension",
    (e) => (e.resource["google_network_services_lb_traffic_extension"] = { x: { name: "x" } }),
    "google_network_services_lb_traffic_extension.x",
    "",
    '"x": ',
  ],
];

const REFUSED: readonly UnknownEffect[] = [
  ["of the backend service", (e) => (e.backend["novel"] = 1), ADDRESS.api, "novel", '"novel": '],
  [
    "of a backend",
    (e) => Object.assign((e.backend["backend"] as object[])[0]!, { novel: 1 }),
    ADDRESS.api,
    "backend[0].novel",
    '"novel": ',
  ],
  ["of the NEG", (e) => (e.neg["novel"] = 1), ADDRESS.neg, "novel", '"novel": '],
  ["of the Cloud Run service", (e) => (e.service["novel"] = 1), ADDRESS.apiService, "novel", '"novel": '],
  ["of the template", (e) => (e.template["novel"] = 1), ADDRESS.apiService, "template.novel", '"novel": '],
  [
    "of a container",
    (e) => (e.container["novel"] = 1),
    ADDRESS.apiService,
    "template.containers[0].novel",
    '"novel": ',
  ],
  ["of ports", (e) => (e.ports["novel"] = 1), ADDRESS.apiService, "template.containers[0].ports.novel", '"novel": '],
  ["of the forwarding rule", (e) => (e.forwardingRule["novel"] = 1), ADDRESS.forwardingRule, "novel", '"novel": '],
  ["of the proxy", (e) => (e.proxy["novel"] = 1), ADDRESS.proxy, "novel", '"novel": '],
];

describe("an argument that no provider takes is a problem with its place", () => {
  it.each(REFUSED)("%s", (...row) => {
    expectRefused(row);
  });
});

describe("an unknown effect is a typed unknown with its place, never skipped", () => {
  it.each(ROWS)("%s", (...row) => {
    expectUnknownEffect(row);
  });
});
