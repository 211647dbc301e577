import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { Assumptions } from "../../../probes/model/assumptions.ts";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import { rangeOf } from "../../../probes/model/product.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import type { ResourceGraph } from "../../../probes/terraform/graph.ts";
import { ADDRESS, HOST, edgeModel, graphOf, smallEdge } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest } from "../../support/edge-request.ts";

const UNSET = ({ forwardingRule, backend, webBackend }: SmallEdge): void =>
  [forwardingRule, backend, webBackend].forEach((block) => delete block["load_balancing_scheme"]);

const SCHEME =
  (scheme: string) =>
  ({ forwardingRule, backend, webBackend }: SmallEdge): void =>
    [forwardingRule, backend, webBackend].forEach((block) => (block["load_balancing_scheme"] = scheme));

/** The same edge, made of regional resources. */
function regional({
  resource,
  forwardingRule,
  proxy,
  backend,
  webBackend,
  urlMap,
  routeRule,
  pathMatcher,
}: SmallEdge): void {
  const moved = (type: string, to: string): void => {
    resource[to] = resource[type]!;
    delete resource[type];
  };
  moved("google_compute_global_forwarding_rule", "google_compute_forwarding_rule");
  moved("google_compute_target_https_proxy", "google_compute_region_target_https_proxy");
  moved("google_compute_url_map", "google_compute_region_url_map");
  moved("google_compute_backend_service", "google_compute_region_backend_service");
  forwardingRule["target"] = "${google_compute_region_target_https_proxy.https.id}";
  proxy["url_map"] = "${google_compute_region_url_map.main.id}";
  const web = "${google_compute_region_backend_service.web.id}";
  Object.assign(urlMap, { default_service: web });
  Object.assign(pathMatcher, { default_service: web });
  routeRule["service"] = "${google_compute_region_backend_service.api.id}";
  for (const block of [forwardingRule, proxy, urlMap, backend, webBackend]) block["region"] = "us-central1";
}

const through = (patch: (edge: SmallEdge) => void, lines: readonly HeaderLine[] = [], assume: Assumptions = {}) =>
  traceRequest(edgeModel(patch), edgeRequest("http", lines), assume);

describe("a version constraint", () => {
  it.each([
    ["~> 6.0", { from: [6, 0], below: [7] }],
    ["~> 6.1.2", { from: [6, 1, 2], below: [6, 2] }],
    [">= 5.0, < 8", { from: [5, 0], below: [8] }],
    ["7.2.0", { from: [7, 2, 0], below: [7, 2, 1] }],
    [">= 8.0.0", { from: [8, 0, 0] }],
    ["!= 7.1.0", {}],
    ["latest", undefined],
  ])("%s", (text, range) => expect(rangeOf(text)).toEqual(range));
});

describe("a scheme that is not written (U10)", () => {
  const constrained = (version: string | undefined): ResourceGraph => {
    const graph = graphOf(smallEdge(UNSET));
    const by = graph.resources.get(ADDRESS.api)!.body.by;
    const providers = new Map(
      version === undefined ? [] : [["google", { kind: "known", value: version, by }] as const],
    );
    return { ...graph, providers };
  };

  it.each([
    ["~> 6.0", "classic"],
    [">= 4.5, < 8.0.0", "classic"],
    [">= 8.0", "global"],
    [">= 7", "default"],
    [undefined, "default"],
  ])("with provider %s is %s", (version, product) => {
    const model = buildEdgeModel(constrained(version));
    expect(model.listeners[0]!.product).toMatchObject({ value: product });
    expect(model.backends.get(ADDRESS.api)!.product).toMatchObject({ value: product });
  });

  it("is asked about where both versions are allowed, classic first", () => {
    const trace = through(UNSET, [["X-Mixed", "v"]]);
    expect(trace).toMatchObject({ outcome: "backend", unknowns: [], dependsOn: ["default-scheme"] });
    expect(trace.problems).toMatchObject([{ fact: "U9", reason: expect.stringContaining("route rules") }]);
    expect(trace.forward!.headers).toContainEqual(["X-Mixed", "v"]);
    const global = through(UNSET, [["X-Mixed", "v"]], { "default-scheme": "global" });
    expect(global.forward!.headers).toContainEqual(["x-mixed", "v"]);
  });
});

describe("the regional and the internal balancer", () => {
  it("are read like the global one, through resources of a region", () => {
    const trace = through(regional, [["Authorization", "Bearer c"]]);
    expect(trace).toMatchObject({
      outcome: "backend",
      backend: "google_compute_region_backend_service.api",
      service: ADDRESS.apiService,
      matchedBy: { address: "google_compute_region_url_map.main" },
      unknowns: [],
      problems: [],
    });
    expect(arriving(trace, "authorization")).toEqual(["Bearer c"]);
  });

  it("add no trace context of their own: Cloud Run does (H4, A49)", () => {
    expect(through(regional).headers.find(({ name }) => name === "x-cloud-trace-context")!.by).toMatchObject([
      { stage: "run-front" },
    ]);
  });

  it("leave open what an internal one writes, and nothing else", () => {
    const trace = through((edge) => {
      regional(edge);
      SCHEME("INTERNAL_MANAGED")(edge);
    });
    expect(trace.outcome).toBe("backend");
    const open = trace.headers.filter(({ state }) => state === "unknown").map(({ name }) => name);
    expect(open.sort()).toEqual(["via", "x-cloud-trace-context", "x-forwarded-for", "x-forwarded-proto"]);
  });

  it.each<[string, HeaderLine[], string]>([
    ["an invalid name", [["bad name", "v"]], "H14"],
    [
      "two lengths",
      [
        ["Content-Length", "0"],
        ["Content-Length", "0"],
      ],
      "H17",
    ],
    ["another upgrade", [["Upgrade", "foo"]], "H8"],
  ])("ask how they treat %s, which Google compares for others only", (_, lines, fact) => {
    const trace = through(regional, lines);
    expect(trace).toMatchObject({ outcome: "rejected-by-edge", dependsOn: ["regional-behaviour"] });
    expect(trace.answer!.by.fact).toBe(fact);
  });

  it("take no custom header at the backend: it is refused (V7)", () => {
    const trace = through((edge) => {
      regional(edge);
      edge.backend["custom_request_headers"] = ["X-A: b"];
    });
    expect(arriving(trace, "x-a")).toEqual([]);
    expect(trace.problems).toMatchObject([{ found: "validate", by: { attribute: "custom_request_headers" } }]);
  });
});

describe("classic against global (H12 to H25)", () => {
  const classic = SCHEME("EXTERNAL");
  const global = (): void => undefined;
  const both = (lines: readonly HeaderLine[], more: object = {}) =>
    [classic, global].map((patch) => traceRequest(edgeModel(patch), edgeRequest("http", lines, more)));
  const ends = (lines: readonly HeaderLine[], more: object = {}) =>
    both(lines, more).map(({ outcome, answer }) => answer?.status ?? outcome);

  it.each<[string, HeaderLine[], object, unknown[]]>([
    ["H14 bad names", [["bad name", "v"]], {}, ["backend", 502]],
    ["H15, H27 over 64 KiB", [["Big", "b".repeat(65 * 1024)]], {}, [413, 431]],
    ["H27 over 60 KiB", [["Big", "b".repeat(61 * 1024)]], {}, ["backend", 431]],
    ["H16, H8 another upgrade", [["Upgrade", "foo"]], {}, [400, 403]],
    [
      "H17 two lengths",
      [
        ["Content-Length", "0"],
        ["Content-Length", "0"],
      ],
      {},
      ["backend", 502],
    ],
    ["H18 an invalid Host", [["Host", "b d"]], {}, ["backend", 502]],
    ["H23 a fragment", [], { target: "/ws#x" }, ["backend", 400]],
    ["H24 a port", [], { headers: [["Host", `${HOST}:443`]] }, ["backend", "unknown"]],
  ])("%s", (_, lines, more, expected) => expect(ends(lines, more)).toEqual(expected));

  it.each<[string, HeaderLine[], object, string, string[][]]>([
    [
      "H3 the separator",
      [["X-Forwarded-For", "a"]],
      {},
      "x-forwarded-for",
      [["a, 198.51.100.7, 203.0.113.9"], ["a,198.51.100.7,203.0.113.9"]],
    ],
    ["H19 its connection", [], {}, "connection", [["Keep-Alive"], []]],
    ["H20 a custom method", [], { method: "BREW" }, "content-length", [[], ["0"]]],
    ["H20 a custom method, chunked", [], { method: "BREW" }, "transfer-encoding", [["chunked"], []]],
    ["H18 the first valid Host", [["Host", "b d"]], {}, "host", [[HOST], []]],
  ])("%s", (_, lines, more, name, expected) => {
    expect(both(lines, more).map((trace) => arriving(trace, name))).toEqual(expected);
  });

  it("H13: only the global one may join lines", () => {
    const asked = both([
      ["X-A", "1"],
      ["X-A", "2"],
    ]).map(({ dependsOn }) => dependsOn);
    expect(asked).toEqual([[], ["repeated-headers"]]);
  });

  it("H21, H22: the path stays as it is on the classic one", () => {
    expect(both([], { target: "//ws\\x" }).map(({ backend, forward }) => [backend, forward?.target])).toEqual([
      [ADDRESS.web, "//ws\\x"],
      [ADDRESS.api, "/ws/x"],
    ]);
  });

  it("M18: schemes that differ are refused, and the listener's counts", () => {
    const trace = through(({ backend }) => (backend["load_balancing_scheme"] = "EXTERNAL"), [["X-Mixed", "v"]]);
    expect(trace).toMatchObject({
      outcome: "backend",
      problems: expect.arrayContaining(
        [{ fact: "M18" }].map((each) => expect.objectContaining(each) as Block),
      ) as unknown,
    });
    expect(trace.forward!.headers).toContainEqual(["x-mixed", "v"]);
  });
});

it("a scheme that is none of a balancer with a URL map leaves all open", () => {
  const trace = through(({ forwardingRule }) => (forwardingRule["load_balancing_scheme"] = "INTERNAL_SELF_MANAGED"));
  expect(trace).toMatchObject({ outcome: "unknown", unknowns: [{ by: { attribute: "load_balancing_scheme" } }] });
});
