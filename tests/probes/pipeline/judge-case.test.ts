import { describe, expect, it } from "vitest";
import type { Case } from "../../../probes/facts/case.ts";
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

  const unread = (address: string): string[] => {
    const by = { address, attribute: "", file: "main.tf", line: 3, column: 1 };
    const graph = {
      ...graphOf(smallEdge()),
      unknowns: [{ kind: "unknown", reason: "is not read", by } as const],
    };
    return statesWith(buildEdgeModel(graph));
  };

  it.each([
    "module.far",
    'module.my_edges["a"].module.far',
    "stack",
    "google_compute_url_map.more",
    'module.edges["a"].google_compute_backend_service.more',
    "google_network_security_authz_policy.more",
  ])("where a part of the configuration is not read, though no request meets it: %s", (address) => {
    for (const state of unread(address)) expect(state).toContain(`${address} is not read`);
  });

  it.each(["google_project_service.apis", 'module.edges["a.b"].terraform_data.each', "random_id.suffix"])(
    "but not where it is only not known how many there are of what no request meets: %s",
    (address) => {
      expect(new Set(unread(address))).toEqual(new Set(["pass"]));
    },
  );
});

describe("an answer of a running edge counts under its stamp", () => {
  const WANTED = "a".repeat(64);
  const OTHER = "b".repeat(64);

  function stateUnder(answer: { stamp?: string; status?: number }, planned: Partial<Case> = {}): string {
    const attempt = anAttempt({ protocol: "http", ...planned });
    const { response, witness, ...whole } = answered(attempt, attempt.lines);
    const { stamp, status = response!.status } = answer;
    const headers = stamp === undefined ? [] : [["x-headgate-stamp", stamp] as const];
    const observation = {
      ...whole,
      response: { ...response!, status, headers },
      ...(status < 400 && witness !== undefined && { witness }),
    };
    const { cells } = judgeCase(attempt, observation, {
      kind: "live",
      fingerprint,
      emulated: undefined,
      stamp: WANTED,
    });
    const said = cells.map(({ state, reason = "" }) => (state === "inconclusive" ? reason : state));
    return [...new Set(said)].join(" | ");
  }

  it.each<[string, Parameters<typeof stateUnder>, string]>([
    ["which it carries", [{ stamp: WANTED }], "pass"],
    ["which an upgrade carries", [{ stamp: WANTED }, { protocol: "websocket" }], "pass"],
    ["which an upgrade need not carry", [{}, { protocol: "websocket" }], "pass"],
  ])("%s", (_, given, state) => {
    expect(stateUnder(...given)).toBe(state);
  });

  it.each<[string, Parameters<typeof stateUnder>, string]>([
    ["another one", [{ stamp: OTHER }], "with another stamp"],
    ["another one, on an upgrade", [{ stamp: OTHER }, { protocol: "websocket" }], "with another stamp"],
    ["two of them", [{ stamp: `${WANTED}, ${OTHER}` }], "with another stamp"],
    ["none", [{}], "without a stamp (status 200)"],
    ["none, refused", [{ status: 404 }], "without a stamp (status 404)"],
    ["none, too large for another reason", [{ status: 431 }], "without a stamp (status 431)"],
  ])("and not under %s", (_, given, what) => {
    expect(stateUnder(...given)).toBe(`not propagated: answered ${what}, so not by the URL map that is meant`);
  });

  it("or is a refusal of a head of twice the size, which no map is asked about", () => {
    const trial = { kind: "headroom" } as const;
    expect(stateUnder({ status: 431 }, { trial })).toContain("fail");
    expect(stateUnder({ status: 404 }, { trial })).toMatch(/^not propagated: answered without a stamp/);
  });
});
