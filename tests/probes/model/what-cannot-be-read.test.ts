import { describe, expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";
import { VARIABLE } from "../../support/unknown-effect.ts";

const API = "${google_compute_backend_service.api.id}";
const WEB = "${google_compute_backend_service.web.id}";

/** Where a request goes, in one word. */
function goes(patch: (edge: SmallEdge) => unknown, target = "/ws", host = "api.example.com"): string {
  const model = edgeModel((edge) => void patch(edge));
  const trace = traceRequest(model, edgeRequest("http", [], { target, headers: [["Host", host]] }));
  const { outcome, backend } = trace;
  if (outcome !== "backend") {
    expect(trace.unknowns.length + (trace.answer === undefined ? 0 : 1)).toBeGreaterThan(0);
    return outcome;
  }
  expect(trace.unknowns).toEqual([]);
  return backend === ADDRESS.api ? "api" : "web";
}

/** A rule before the one of the edge, which sends `/ws` and what is below to `api`. */
const first =
  (match: Block, more: Block = {}) =>
  ({ pathMatcher }: SmallEdge) =>
    (pathMatcher["route_rules"] as Block[]).push({ priority: 1, match_rules: [match], service: WEB, ...more });

describe("a route rule that cannot be read in full (U13)", () => {
  it.each<[string, Block, string]>([
    ["its path begins otherwise", { prefix_match: `/api/${VARIABLE}` }, "api"],
    ["its path may begin so", { prefix_match: `/w${VARIABLE}` }, "unknown"],
    ["its path may be any", { prefix_match: VARIABLE }, "unknown"],
    ["its whole path ends otherwise", { full_path_match: `/${VARIABLE}/socket` }, "api"],
    ["its whole path may be this one", { full_path_match: `/${VARIABLE}s` }, "unknown"],
    ["its whole path is longer", { full_path_match: `/ws${VARIABLE}s` }, "api"],
    ["its path begins otherwise in any case", { prefix_match: `/X${VARIABLE}`, ignore_case: true }, "api"],
    ["its path may begin so in any case", { prefix_match: `/W${VARIABLE}`, ignore_case: true }, "unknown"],
    [
      "a header cannot be read, and the path is another",
      { prefix_match: "/api", header_matches: [{ header_name: "x-a", exact_match: VARIABLE }] },
      "api",
    ],
    [
      "a header cannot be read, and is not sent",
      { prefix_match: "/", header_matches: [{ header_name: "x-a", exact_match: VARIABLE }] },
      "api",
    ],
    [
      "a header cannot be read, and begins otherwise",
      { prefix_match: "/", header_matches: [{ header_name: "host", prefix_match: `web.${VARIABLE}` }] },
      "api",
    ],
    [
      "a header cannot be read, and may end so",
      { prefix_match: "/", header_matches: [{ header_name: "host", suffix_match: `${VARIABLE}.com` }] },
      "unknown",
    ],
    ["metadata of another path", { prefix_match: "/api", metadata_filters: [{}] }, "api"],
    ["metadata of this path", { prefix_match: "/ws", metadata_filters: [{}] }, "unknown"],
    [
      "a name that no page lists",
      { prefix_match: "/", header_matches: [{ header_name: ":path", exact_match: "/ws" }] },
      "unknown",
    ],
  ])("%s: %s", (_, match, goal) => {
    expect(goes(first(match))).toBe(goal);
  });

  it("is no unknown where both ways come to the same, of whatever kind they are", () => {
    expect(goes(first({ prefix_match: VARIABLE }, { service: API }))).toBe("api");
    const redirect = { https_redirect: true, strip_query: false };
    const redirects = (edge: SmallEdge): void => {
      first({ prefix_match: VARIABLE }, { service: undefined, url_redirect: redirect })(edge);
      delete edge.routeRule["service"];
      edge.routeRule["url_redirect"] = redirect;
    };
    expect(goes(redirects)).toBe("redirect");
  });

  it("is one where a header action on the way differs, or a prefix is replaced of which nobody knows the length", () => {
    const adds = { request_headers_to_add: [{ header_name: "X-A", header_value: "v", replace: true }] };
    expect(goes(first({ prefix_match: VARIABLE }, { service: API, header_action: adds }))).toBe("unknown");
    const rewrites = (edge: SmallEdge): void => {
      const route_action = { url_rewrite: { path_prefix_rewrite: "/" } };
      edge.matchRules.splice(0, 2, { prefix_match: "/w" });
      edge.routeRule["route_action"] = route_action;
      first({ prefix_match: `/w${VARIABLE}` }, { service: API, route_action })(edge);
    };
    expect(goes(rewrites)).toBe("unknown");
  });

  it("has a place of its own where its priority cannot be read and no other rule matches", () => {
    expect(goes(({ routeRule }) => (routeRule["priority"] = VARIABLE))).toBe("api");
    const withOther = (match: Block) => (edge: SmallEdge) => {
      edge.routeRule["priority"] = VARIABLE;
      first(match)(edge);
    };
    expect(goes(withOther({ prefix_match: "/api" }))).toBe("api");
    expect(goes(withOther({ prefix_match: "/ws" }))).toBe("unknown");
    expect(goes(withOther({ prefix_match: "/api" }), "/other")).toBe("web");
  });

  it("shares its priority with another: open where both match and differ", () => {
    const equal = (match: Block, service = WEB) => first(match, { priority: 10, service });
    expect(goes(equal({ prefix_match: "/ws" }))).toBe("unknown");
    expect(goes(equal({ prefix_match: "/ws" }, API))).toBe("api");
    expect(goes(equal({ prefix_match: "/api" }))).toBe("api");
    const behind = (edge: SmallEdge): void => {
      equal({ prefix_match: "/api" })(edge);
      first({ prefix_match: "/ws" }, { priority: 11 })(edge);
    };
    expect(goes(behind)).toBe("api");
  });
});

/** Path rules in place of route rules. */
const paths =
  (...rules: readonly (readonly [path: string, service: string])[]) =>
  ({ pathMatcher }: SmallEdge): void => {
    delete pathMatcher["route_rules"];
    pathMatcher["path_rule"] = rules.map(([path, service]) => ({ paths: [path], service }));
  };

describe("a path rule that cannot be read in full (U12)", () => {
  it.each<[string, string, string, string]>([
    ["an exact rule stands before it", VARIABLE, "/ws", "api"],
    ["it begins otherwise", `/api/${VARIABLE}`, "/ws/a", "api"],
    ["it may be longer", `/ws/${VARIABLE}`, "/ws/a", "unknown"],
    ["it may be longer, with a star", `/ws/${VARIABLE}/*`, "/ws/a/b", "unknown"],
    ["it begins otherwise, with a star", `/api/${VARIABLE}/*`, "/ws/a/b", "api"],
    ["it ends otherwise", `/${VARIABLE}/z`, "/ws/a", "api"],
  ])("%s", (_, path, target, goal) => {
    expect(goes(paths(["/ws", API], ["/ws/*", API], [path, WEB]), target)).toBe(goal);
  });

  it("one path in two rules has no documented order: open where they differ", () => {
    expect(goes(paths(["/ws", API], ["/ws", WEB]))).toBe("unknown");
    expect(goes(paths(["/ws", API], ["/ws", API]))).toBe("api");
    expect(goes(paths(["/ws/*", API], ["/ws/*", WEB]), "/ws/a")).toBe("unknown");
    expect(goes(paths(["/ws", API], ["/ws/*", WEB]), "/ws")).toBe("api");
  });
});

/** One more host rule, to a matcher of its own. */
const alsoTo =
  (service: string, ...hosts: unknown[]) =>
  ({ urlMap }: SmallEdge): void => {
    (urlMap["host_rule"] as Block[]).push({ hosts, path_matcher: "more" });
    (urlMap["path_matcher"] as Block[]).push({ name: "more", default_service: service });
  };

describe("a host that cannot be read in full (U11)", () => {
  it.each<[string, string, string, string]>([
    ["a rule for exactly this host stands before it", VARIABLE, "api.example.com", "api"],
    ["it may be the host", VARIABLE, "app.example.com", "unknown"],
    ["it may be the host, in any case", `APP.${VARIABLE}`, "app.example.com", "unknown"],
    ["it begins otherwise", `foo.${VARIABLE}`, "app.example.com", "web"],
    ["it ends otherwise", `${VARIABLE}.example.org`, "app.example.com", "web"],
    ["a wildcard may be it", `*.${VARIABLE}.com`, "app.example.com", "unknown"],
    ["a wildcard ends otherwise", `*.${VARIABLE}.org`, "app.example.com", "web"],
  ])("%s", (_, written, host, goal) => {
    expect(goes(alsoTo(API, written), "/ws", host)).toBe(goal);
  });

  it("is no unknown where it leads to what the others lead to", () => {
    expect(goes(alsoTo(WEB, VARIABLE), "/ws", "app.example.com")).toBe("web");
  });

  it("leaves the other hosts of its rule as they are", () => {
    expect(goes(({ hostRule }) => (hostRule["hosts"] = ["api.example.com", VARIABLE]))).toBe("api");
  });

  it("stands in two rules: refused, and open where they differ", () => {
    expect(goes(alsoTo(WEB, "api.example.com"))).toBe("unknown");
    const twice = edgeModel(({ hostRule }) => (hostRule["hosts"] = ["api.example.com", "API.example.com"]));
    const trace = traceRequest(twice, edgeRequest("http"));
    expect(trace).toMatchObject({ outcome: "backend", backend: ADDRESS.api, problems: [{ fact: "U11" }] });
  });

  it.each<[string, unknown[], string]>([
    ["with and without it in one rule", ["api.example.com", "api.example.com:8443"], "api"],
    ["without it alone", ["api.example.com"], "unknown"],
  ])("a port in Host, %s (H24)", (_, hosts, goal) => {
    expect(goes(({ hostRule }) => (hostRule["hosts"] = hosts), "/ws", "api.example.com:8443")).toBe(goal);
  });
});

describe("the path matcher that a host rule names", () => {
  const named =
    (name: unknown, wanted: unknown, others: readonly Block[] = []) =>
    ({ pathMatcher, hostRule, urlMap }: SmallEdge): void => {
      pathMatcher["name"] = name;
      hostRule["path_matcher"] = wanted;
      (urlMap["path_matcher"] as Block[]).push(...others);
    };
  const other: Block = { name: "other", default_service: WEB };

  it.each<[string, unknown, unknown, readonly Block[], string]>([
    ["by the same expression", VARIABLE, VARIABLE, [other], "api"],
    ["by the same text around an expression", `pm-${VARIABLE}`, `pm-${VARIABLE}`, [other], "api"],
    ["by an expression, and it is the only one", "api", VARIABLE, [], "api"],
    ["by a name, and the only one's cannot be read", VARIABLE, "api", [], "api"],
    ["by an expression, among several", "api", VARIABLE, [other], "unknown"],
    ["by an expression that several are named by", VARIABLE, VARIABLE, [{ ...other, name: VARIABLE }], "unknown"],
    ["by one that differs from call to call", "${uuid()}", "${uuid()}", [other], "unknown"],
  ])("%s", (_, name, wanted, others, goal) => {
    expect(goes(named(name, wanted, others))).toBe(goal);
  });

  it("is none of the map: refused, and open", () => {
    const trace = traceRequest(edgeModel(named("api", "gone")), edgeRequest("http"));
    expect(trace).toMatchObject({
      outcome: "unknown",
      problems: [{ found: "apply", fact: "U11", by: { attribute: "host_rule[0].path_matcher" } }],
    });
  });
});
