import { describe, expect, it } from "vitest";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import type { EdgeModel } from "../../../probes/model/edge-model.ts";
import { judgeCase } from "../../../probes/pipeline/judge-case.ts";
import { ADDRESS, HOST, graphOf, smallEdge } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { anAttempt, answered, fingerprint } from "../../support/builders.ts";

/** What is judged of an attempt that arrived whole, where the model of the edge is this one. */
function statesWith(model: EdgeModel): string[] {
  const attempt = anAttempt({ host: HOST, protocol: "http", service: "api" });
  const observation = answered(attempt, attempt.lines);
  const emulated = {
    model,
    match: { addresses: { api: ADDRESS.apiService }, problems: {} },
    assumptions: {},
    clientAddress: "127.0.0.1",
  };
  const { cells } = judgeCase(attempt, observation, { kind: "emulated", fingerprint, emulated });
  return cells.map(({ state, reason = "" }) => (state === "inconclusive" ? reason : state));
}

const edgeWith = (patch: (edge: SmallEdge) => unknown): EdgeModel =>
  buildEdgeModel(graphOf(smallEdge((edge) => void patch(edge))));

describe("what arrived whole is no proof", () => {
  it("unless the model knows the whole way", () => {
    expect(new Set(statesWith(edgeWith(() => undefined)))).toEqual(new Set(["pass"]));
  });

  it.each<[string, (edge: SmallEdge) => unknown, string]>([
    [
      "where a header may be changed by what nobody knows",
      ({ template }) => (template["service_mesh"] = {}),
      "the model cannot tell",
    ],
    [
      "where a request may be refused",
      ({ service }) => (service["ingress"] = "INGRESS_TRAFFIC_NONE"),
      "the model cannot tell",
    ],
    [
      "where Terraform refuses a line on the way",
      ({ backend }) => (backend["novel"] = 1),
      "the configuration is refused",
    ],
    ["where Google refuses one", ({ backend }) => (backend["timeout_sec"] = 60), "the configuration is refused"],
    [
      "where no service is named",
      ({ backend }) => (backend["backend"] = [{ group: "${google_compute_instance_group.vms.id}" }]),
      "the model names no service",
    ],
    [
      "where something opaque stands anywhere",
      ({ resource }) => (resource["google_api_gateway_gateway"] = { g: { gateway_id: "g" } }),
      "google_api_gateway_gateway",
    ],
  ])("%s", (_, patch, says) => {
    const states = statesWith(
      edgeWith((edge) => void ((edge.routeRule["match_rules"] = [{ prefix_match: "/" }]), patch(edge))),
    );
    for (const state of states) expect(state).toContain(says);
  });

  it("where a part of the configuration is not read, though no request meets it", () => {
    const by = { address: "module.far", attribute: "", file: "main.tf", line: 3, column: 1 };
    const graph = {
      ...graphOf(smallEdge()),
      unknowns: [{ kind: "unknown", reason: "is a remote module", by } as const],
    };
    for (const state of statesWith(buildEdgeModel(graph))) expect(state).toContain("module.far is a remote module");
  });
});
