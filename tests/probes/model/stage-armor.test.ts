import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { EdgeRequest } from "../../../probes/facts/trace.ts";
import type { Assumptions } from "../../../probes/model/assumptions.ts";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { PLACEHOLDER } from "../../../probes/terraform/graph.ts";
import {
  ADDRESS,
  EVERYTHING,
  FILE,
  addPolicy,
  armorRule,
  edgeModel,
  edgeText,
  graphOf,
  matchPosition,
  smallEdge,
} from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest, traced } from "../../support/edge-request.ts";
import { VARIABLE } from "../../support/unknown-effect.ts";

const POLICY = "google_compute_security_policy.main";
const WAF = "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})";
const NOBODY: Block = { ...EVERYTHING, action: "deny(404)" };
const PREVIEW =
  "inIpRange(origin.ip, '198.51.100.0/24') && request.headers['x-headgate-preview'] == '${terraform_data.t.output}'";

interface Sent {
  readonly lines?: readonly HeaderLine[];
  readonly more?: Partial<EdgeRequest>;
  readonly protocol?: "http" | "websocket";
  readonly assume?: Assumptions;
  readonly patch?: (edge: SmallEdge) => unknown;
}

function through(rules: unknown, { lines = [], more = {}, protocol = "http", assume = {}, patch }: Sent = {}) {
  const model = edgeModel((edge) => {
    addPolicy(edge, rules);
    patch?.(edge);
  });
  return traceRequest(model, edgeRequest(protocol, lines, more), assume);
}

describe("a security policy", () => {
  it.each(["http", "websocket"] as const)("that lets everything pass changes nothing over %s", (protocol) => {
    expect(through([EVERYTHING], { protocol })).toMatchObject({ outcome: "backend", unknowns: [], dependsOn: [] });
  });

  it("may be one block, and may be referred to by self_link", () => {
    const patch = ({ backend }: SmallEdge) =>
      (backend["security_policy"] = "${google_compute_security_policy.main.self_link}");
    expect(through(NOBODY, { patch })).toMatchObject({ outcome: "rejected-by-edge", answer: { status: 404 } });
  });

  it.each([403, 404, 429, 502])("denies with %s, names the rule and its line, and reaches no service", (status) => {
    const edge = smallEdge((small) => {
      addPolicy(small, [EVERYTHING, armorRule(10, `deny(${status})`, "request.path == '/ws'")]);
    });
    const trace = traceRequest(buildEdgeModel(graphOf(edge)), edgeRequest("websocket"));
    expect(trace).toMatchObject({ outcome: "rejected-by-edge", backend: ADDRESS.api, answer: { status } });
    expect(trace.answer!.by).toMatchObject({
      address: POLICY,
      attribute: "rule[1]",
      file: FILE,
      fact: "P6",
      ...matchPosition(edgeText(edge), /\{\s+"priority": 10,\s+"action": "deny/),
    });
    expect(trace.answer!.by.effect).toContain("priority 10");
    expect(trace.service).toBeUndefined();
    expect(trace.forward).toBeUndefined();
  });

  it("is no part of a request to another backend", () => {
    expect(through(NOBODY, { more: { target: "/other" } })).toMatchObject({ outcome: "backend", backend: ADDRESS.web });
  });

  it("walks its rules by priority, whatever their order in the file", () => {
    const rules = [armorRule(20, "deny(403)", "true"), EVERYTHING, armorRule(10, "allow", "request.path == '/ws'")];
    expect(through(rules).outcome).toBe("backend");
    expect(through(rules, { more: { target: "/ws/x" } })).toMatchObject({ answer: { status: 403 } });
  });

  it.each([
    [["198.51.100.0/24"], "backend"],
    [["203.0.113.0/24", "198.51.100.7"], "backend"],
    ["198.51.100.7/32", "backend"],
    [["203.0.113.0/24", "2001:db8::/32"], "rejected-by-edge"],
    [["203.0.113.0/24", "*"], "backend"],
  ])("matches source addresses %j: %s", (src_ip_ranges, outcome) => {
    const match = { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges } };
    expect(through([{ priority: 1, action: "allow", match }, NOBODY]).outcome).toBe(outcome);
  });

  it.each(["allow", "throttle", "rate_based_ban"])("lets pass with %s what is within its rate", (action) => {
    const rate_limit_options = { conform_action: "allow", exceed_action: "deny(429)" };
    expect(through([armorRule(1, action, "true", { rate_limit_options }), NOBODY]).outcome).toBe("backend");
  });

  it("does nothing by a rule in preview, not even by one that cannot be read", () => {
    const novel = { preview: true, novel: 1, preconfigured_waf_config: {} };
    const rules = [
      armorRule(1, "deny(403)", "true", { preview: true }),
      armorRule(2, "deny(403)", WAF, novel),
      EVERYTHING,
    ];
    expect(through(rules)).toMatchObject({ outcome: "backend", unknowns: [] });
  });

  it("acts by a rule whose preview is off", () => {
    expect(through([armorRule(1, "deny(403)", "true", { preview: false }), EVERYTHING]).outcome).toBe(
      "rejected-by-edge",
    );
  });

  it("has attributes that change nothing", () => {
    const patch = (edge: SmallEdge) =>
      addPolicy(edge, EVERYTHING, {
        description: "d",
        labels: { a: "b" },
        project: "p",
        advanced_options_config: { log_level: "NORMAL" },
        lifecycle: { create_before_destroy: true },
      });
    expect(through([], { patch })).toMatchObject({ outcome: "backend", unknowns: [] });
  });
});

describe("the closed preview edge", () => {
  const rules = [armorRule(1000, "allow", PREVIEW), NOBODY];
  const opened: HeaderLine = ["X-Headgate-Preview", PLACEHOLDER];

  it.each(["http", "websocket"] as const)("lets in over %s who has the address and the header", (protocol) => {
    expect(through(rules, { lines: [opened], protocol })).toMatchObject({ outcome: "backend", unknowns: [] });
  });

  it.each([
    ["without the header", [], {}],
    ["from another address", [opened], { clientAddress: "203.0.113.1" }],
  ] as const)("is a 404 %s", (_, lines, more) => {
    expect(through(rules, { lines, more })).toMatchObject({ outcome: "rejected-by-edge", answer: { status: 404 } });
  });

  it("cannot be told for another value, which may be the one that Terraform draws", () => {
    const trace = through(rules, { lines: [["X-Headgate-Preview", "guess"]] });
    expect(trace).toMatchObject({
      outcome: "unknown",
      service: ADDRESS.apiService,
      unknowns: [{ affects: "refusal" }],
    });
  });

  it.each([
    ["a-", "b", "rejected-by-edge"],
    ["a-", "a-b", "unknown"],
  ])("with the text %s before it is compared as far as that goes: %s is %s", (known, sent, outcome) => {
    const partly = armorRule(1, "allow", `request.headers['x-a'] == '${known}\${var.it}'`);
    expect(through([partly, NOBODY], { lines: [["X-A", sent]] }).outcome).toBe(outcome);
  });
});

describe("a rule that may match", () => {
  const waf = armorRule(2000, "deny(403)", WAF);

  it("is an unknown with its line where it decides", () => {
    const edge = smallEdge((small) => void addPolicy(small, [waf, EVERYTHING]));
    const trace = traceRequest(buildEdgeModel(graphOf(edge)), edgeRequest("http"));
    expect(trace.outcome).toBe("unknown");
    expect(trace.unknowns).toMatchObject([
      {
        reason: expect.stringContaining("priority 2000") as string,
        by: { address: POLICY, attribute: "rule[0]", ...matchPosition(edgeText(edge), /\{\s+"priority": 2000,/) },
      },
    ]);
  });

  it("says nothing where all that is possible comes to the same", () => {
    expect(through([waf, { ...EVERYTHING, action: "deny(403)" }])).toMatchObject({ answer: { status: 403 } });
    expect(through([armorRule(1, "throttle", WAF), EVERYTHING]).outcome).toBe("backend");
    expect(through([waf, { ...EVERYTHING, action: "deny(404)" }]).outcome).toBe("unknown");
  });

  it("is never reached behind one that matches", () => {
    const sockets = armorRule(1000, "throttle", "request.path == '/ws' || request.path.startsWith('/ws/')");
    expect(through([sockets, waf, EVERYTHING], { protocol: "websocket" })).toMatchObject({
      outcome: "backend",
      unknowns: [],
    });
  });

  it("leaves open which headers are added", () => {
    const adds = { header_action: { request_headers_to_adds: [{ header_name: "X-A", header_value: "v" }] } };
    const open = through([armorRule(1, "allow", WAF, adds), EVERYTHING]);
    expect(open).toMatchObject({ outcome: "backend", unknowns: [{ affects: "headers", header: "x-a" }] });
    expect(traced(open, "x-a")).toMatchObject({ state: "unknown", arrives: [null] });
    expect(through([armorRule(1, "allow", WAF, adds), { ...EVERYTHING, ...adds }]).outcome).toBe("backend");
  });
});

describe("headers that a rule adds (V12)", () => {
  const adds = (header_name: string, header_value = "armor") => ({
    ...EVERYTHING,
    header_action: { request_headers_to_adds: { header_name, header_value } },
  });

  it("are added, or overwrite the client's", () => {
    expect(arriving(through(adds("X-A")), "x-a")).toEqual(["armor"]);
    const trace = through(adds("X-A"), { lines: [["x-a", "mine"]] });
    expect(traced(trace, "x-a")).toMatchObject({ state: "replaced", arrives: ["armor"] });
    expect(traced(trace, "x-a")!.by.at(-1)).toMatchObject({ address: POLICY, fact: "V12" });
  });

  it("are overwritten by a custom header of the backend, and by the URL map", () => {
    const backend = (e: SmallEdge) => (e.backend["custom_request_headers"] = ["X-A: backend"]);
    expect(arriving(through(adds("X-A"), { patch: backend }), "x-a")).toEqual(["backend"]);
    const map = (e: SmallEdge) => (e.urlMap["header_action"] = { request_headers_to_remove: ["X-A"] });
    expect(arriving(through(adds("X-A"), { patch: map }), "x-a")).toEqual([]);
  });

  it("are null where the value is an expression", () => {
    expect(traced(through(adds("X-A", VARIABLE)), "x-a")).toMatchObject({ arrives: [null] });
  });
});

describe("what a rule sees of headers that the URL map changes (Q17)", () => {
  const rules = [armorRule(1, "deny(403)", "request.headers['x-a'] == 'bad'"), EVERYTHING];
  const removes = ({ urlMap }: SmallEdge) => (urlMap["header_action"] = { request_headers_to_remove: ["X-A"] });
  const lines: readonly HeaderLine[] = [["X-A", "bad"]];

  it.each([
    [undefined, "rejected-by-edge"],
    ["before-url-map", "rejected-by-edge"],
    ["after-url-map", "backend"],
  ] as const)("%s: %s", (reading, outcome) => {
    const assume: Assumptions = reading === undefined ? {} : { "armor-headers": reading };
    expect(through(rules, { lines, patch: removes, assume })).toMatchObject({ outcome, dependsOn: ["armor-headers"] });
  });

  it("is not asked where both come to the same", () => {
    expect(through(rules, { lines: [["X-A", "good"]], patch: removes })).toMatchObject({ dependsOn: [] });
    expect(through(rules, { lines }).dependsOn).toEqual([]);
  });

  it("raises no question about headers that no rule reads", () => {
    const clash = ({ urlMap }: SmallEdge) =>
      (urlMap["header_action"] = {
        request_headers_to_remove: ["X-B"],
        request_headers_to_add: [{ header_name: "X-B", header_value: "b", replace: true }],
      });
    expect(through(rules, { lines, patch: clash })).toMatchObject({ outcome: "rejected-by-edge", dependsOn: [] });
  });

  it("leaves the request itself alone", () => {
    const trace = through(rules, { lines: [["X-A", "good"]], patch: removes });
    expect(traced(trace, "x-a")).toMatchObject({ state: "removed" });
    expect(traced(trace, "x-a")!.by).toHaveLength(1);
  });
});
