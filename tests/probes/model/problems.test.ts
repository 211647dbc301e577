import { describe, expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";

const problemsOf = (patch: (edge: SmallEdge) => unknown, target = "/ws") =>
  traceRequest(
    edgeModel((edge) => void patch(edge)),
    edgeRequest("http", [], { target }),
  );

const custom =
  (...lines: string[]) =>
  ({ backend }: SmallEdge) =>
    (backend["custom_request_headers"] = lines);
const adds =
  (header_name: string, header_value = "v") =>
  ({ urlMap }: SmallEdge) =>
    (urlMap["header_action"] = { request_headers_to_add: [{ header_name, header_value, replace: true }] });
const many = Array.from({ length: 17 }, (_, index) => `X-${index}: v`);

/** What is written, the fact by which Google refuses it, and where it stands. */
const REFUSED: readonly (readonly [string, (edge: SmallEdge) => unknown, string, string])[] = [
  ["timeout_sec 3600 (G21)", ({ backend }) => (backend["timeout_sec"] = 3600), "S1", "timeout_sec"],
  ["port_name", ({ backend }) => (backend["port_name"] = "http"), "S2", "port_name"],
  ["health_checks", ({ backend }) => (backend["health_checks"] = ["hc"]), "S3", "health_checks"],
  ["locality_lb_policy", ({ backend }) => (backend["locality_lb_policy"] = "RING_HASH"), "S4", "locality_lb_policy"],
  [
    "max_utilization",
    ({ backend }) => Object.assign((backend["backend"] as Block[])[0]!, { max_utilization: 0.8 }),
    "S4",
    "backend[0].max_utilization",
  ],
  ...[
    "Connection",
    "Upgrade",
    "TE",
    "Proxy-Authorization",
    "X-Goog-A",
    "X-GFE-A",
    "X-Amz-A",
    "CDN-Loop",
    "X-User-IP",
  ].map((name) => [`custom ${name} (G9)`, custom(`${name}: v`), "V1", "custom_request_headers[0]"] as const),
  ["a custom header twice", custom("X-A: 1", "x-a: 2"), "V1", "custom_request_headers[1]"],
  ["seventeen custom headers", custom(...many), "V2", "custom_request_headers"],
  ["8 KiB of custom headers", custom(`X-A: ${"v".repeat(8200)}`), "V2", "custom_request_headers"],
  ...["Host", "Authority", "Connection", "X-Goog-A"].map(
    (name) => [`URL map adds ${name}`, adds(name), "V6", "header_action.request_headers_to_add[0]"] as const,
  ),
];

describe("what Google refuses is told, and the answer is given by what is documented", () => {
  it.each(REFUSED)("%s", (_, patch, fact, attribute) => {
    const trace = problemsOf(patch);
    expect(trace).toMatchObject({ outcome: "backend", service: ADDRESS.apiService, unknowns: [] });
    expect(trace.problems).toMatchObject([{ found: "apply", fact, by: { attribute, file: "cdk.tf.json" } }]);
  });

  it.each(REFUSED.filter(([, , fact]) => fact !== "V6"))(
    "%s is no matter of a request to another backend",
    (_, patch) => {
      expect(problemsOf(patch, "/other").problems).toEqual([]);
    },
  );

  it.each<[string, (edge: SmallEdge) => unknown]>([
    ["the default timeout", ({ backend }) => (backend["timeout_sec"] = 30)],
    ["no health checks", ({ backend }) => (backend["health_checks"] = [])],
    ["session affinity", ({ backend }) => (backend["session_affinity"] = "CLIENT_IP")],
    ["a custom Host, of which pages differ", custom("Host: api.example.com")],
    ["sixteen custom headers", custom(...many.slice(1))],
    [
      "a timeout of an instance group",
      ({ backend }) =>
        Object.assign(backend, { timeout_sec: 3600, backend: [{ group: "${google_compute_instance_group.vms.id}" }] }),
    ],
  ])("nothing is said of %s", (_, patch) => {
    expect(problemsOf(patch).problems).toEqual([]);
  });
});
