import { describe, it } from "vitest";
import { ADDRESS } from "../../support/edge-fixture.ts";
import { VARIABLE, expectUnknownEffect } from "../../support/unknown-effect.ts";
import type { UnknownEffect } from "../../support/unknown-effect.ts";

const ROWS: readonly UnknownEffect[] = [
  [
    "an unheard attribute of the backend service",
    (e) => (e.backend["security_policy"] = "p"),
    ADDRESS.api,
    "security_policy",
    '"security_policy": ',
  ],
  ["IAP", (e) => (e.backend["iap"] = { enabled: true }), ADDRESS.api, "iap", '"iap": '],
  ["Cloud CDN", (e) => (e.backend["enable_cdn"] = true), ADDRESS.api, "enable_cdn", '"enable_cdn": '],
  [
    "a scheme that is an expression",
    (e) => (e.backend["load_balancing_scheme"] = VARIABLE),
    ADDRESS.api,
    "load_balancing_scheme",
    `"${VARIABLE}"`,
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
    "an unheard attribute of a backend",
    (e) => (e.backend["backend"] = [{ group: "g", max_utilization: 1 }]),
    ADDRESS.api,
    "backend[0].max_utilization",
    '"max_utilization": ',
  ],
  [
    "a group that is an expression",
    (e) => (e.backend["backend"] = [{ group: VARIABLE }]),
    ADDRESS.api,
    "backend[0].group",
    `"${VARIABLE}"`,
  ],
  [
    "an unheard attribute of the NEG",
    (e) => (e.neg["psc_target_service"] = "x"),
    ADDRESS.neg,
    "psc_target_service",
    '"psc_target_service": ',
  ],
  [
    "a URL mask",
    (e) => (e.cloudRun["url_mask"] = "x.example.com/<service>"),
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
    "an unheard attribute of the Cloud Run service",
    (e) => (e.service["iap_enabled"] = true),
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
    "an unheard attribute of the template",
    (e) => (e.template["service_mesh"] = {}),
    ADDRESS.apiService,
    "template.service_mesh",
    '"service_mesh": ',
  ],
  [
    "an unheard attribute of a container",
    (e) => (e.container["base_image_uri"] = "x"),
    ADDRESS.apiService,
    "template.containers[0].base_image_uri",
    '"base_image_uri": ',
  ],
  [
    "an unheard attribute of ports",
    (e) => (e.ports["protocol"] = "x"),
    ADDRESS.apiService,
    "template.containers[0].ports.protocol",
    '"protocol": "x"',
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
    "an unheard attribute of the forwarding rule",
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
    "an unheard attribute of the proxy",
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

describe("an unknown effect is a typed unknown with its place, never skipped", () => {
  it.each(ROWS)("%s", (...row) => {
    expectUnknownEffect(row);
  });
});
