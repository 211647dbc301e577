import { describe, expect, it } from "vitest";
import type { UrlMap } from "../../../probes/model/edge-model.ts";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { EdgeRequest } from "../../../probes/facts/trace.ts";
import { oracle } from "../../../probes/model/assumptions.ts";
import type { Matchable } from "../../../probes/model/predicates.ts";
import { route } from "../../../probes/model/stage-route.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";

function mapOf(patch?: (edge: SmallEdge) => void): UrlMap {
  const { urlMap } = edgeModel(patch).listeners[0]!;
  if ("reason" in urlMap) throw new Error(urlMap.reason);
  return urlMap;
}

function subject(
  host: string,
  path: string,
  headers: readonly HeaderLine[] = [],
  more: Partial<Matchable> = {},
): Matchable {
  const request: EdgeRequest = {
    scheme: "https",
    method: "GET",
    target: path,
    headers,
    clientAddress: "192.0.2.1",
    edgeAddress: "192.0.2.2",
    traceId: "0".repeat(32),
  };
  return { request, host, path: path.split("?")[0]!, product: "global", asked: oracle({}), ...more };
}

/** Where a request goes, in one word. */
function goes(map: UrlMap, host: string, path: string): string {
  const { destination } = route(map, subject(host, path));
  if (destination.kind !== "backend") return destination.kind;
  return destination.address === ADDRESS.api ? "api" : "web";
}

const toApi = (edge: SmallEdge, hosts: unknown, name: string): void => {
  (edge.urlMap["host_rule"] as unknown[]).push({ hosts, path_matcher: name });
  (edge.urlMap["path_matcher"] as unknown[]).push({ name, default_service: edge.routeRule["service"] });
};

describe("hosts (U11)", () => {
  it.each([
    ["an exact host", "api.example.com", "api"],
    ["in any case", "API.Example.COM", "api"],
    ["another host", "other.example.com", "web"],
    ["no host", "", "web"],
    ["a longer host", "x.api.example.com", "web"],
  ])("%s", (_, host, goal) => {
    expect(goes(mapOf(), host, "/ws")).toBe(goal);
  });

  it("a written host compares in any case", () => {
    expect(
      goes(
        mapOf(({ hostRule }) => (hostRule["hosts"] = ["API.example.com"])),
        "api.example.com",
        "/ws",
      ),
    ).toBe("api");
  });

  it.each([
    ["*.example.com", "a.example.com", "api"],
    ["*.example.com", "a.b.example.com", "api"],
    ["*.example.com", "example.com", "web"],
    ["*-v2.example.com", "a-v2.example.com", "api"],
    ["*", "whatever.example.com", "api"],
    ["*", "not_a_name.example.com", "web"],
  ])("%s and %s: %s", (pattern, host, goal) => {
    expect(
      goes(
        mapOf((edge) => toApi(edge, [pattern], "wild")),
        host,
        "/",
      ),
    ).toBe(goal);
  });

  it("exact comes before wildcard, the longer wildcard before the shorter", () => {
    const map = mapOf((edge) => {
      toApi(edge, ["*"], "all");
      (edge.urlMap["host_rule"] as unknown[]).push({ hosts: ["*.deep.example.com"], path_matcher: "deep" });
      (edge.urlMap["path_matcher"] as unknown[]).push({
        name: "deep",
        default_service: edge.urlMap["default_service"],
      });
    });
    expect(goes(map, "x.example.com", "/")).toBe("api");
    expect(goes(map, "x.deep.example.com", "/")).toBe("web");
    expect(goes(map, "api.example.com", "/")).toBe("web");
  });

  it("a rule that picks no path matcher of this map is unknown", () => {
    expect(
      goes(
        mapOf(({ hostRule }) => (hostRule["path_matcher"] = "gone")),
        "api.example.com",
        "/ws",
      ),
    ).toBe("unknown");
  });
});

describe("paths (U13)", () => {
  it.each([
    ["/ws", "api"],
    ["/ws/", "api"],
    ["/ws/a/b", "api"],
    ["/wsx", "web"],
    ["/WS", "web"],
    ["/ws%2Fa", "web"],
    ["/", "web"],
  ])("%s goes to %s", (path, goal) => {
    expect(goes(mapOf(), "api.example.com", path)).toBe(goal);
  });

  it("a prefix is literal and may end in the middle of a name", () => {
    const map = mapOf(({ matchRules }) => matchRules.splice(0, 2, { prefix_match: "/ws" }));
    expect(goes(map, "api.example.com", "/wsx")).toBe("api");
  });

  it("ignore_case holds for its own alternative only", () => {
    const map = mapOf(({ matchRules }) => (matchRules[0]!["ignore_case"] = true));
    expect([goes(map, "api.example.com", "/WS"), goes(map, "api.example.com", "/WS/a")]).toEqual(["api", "web"]);
  });

  it.each([[["10", 20]], [[20, "10"]]])("rules run by priority, whatever their order in the file", (priorities) => {
    const map = mapOf(({ pathMatcher, routeRule, urlMap }) => {
      const rules = [
        { ...routeRule, match_rules: [{ prefix_match: "/" }] },
        { service: urlMap["default_service"], match_rules: [{ prefix_match: "/" }] },
      ];
      pathMatcher["route_rules"] = rules.map((rule, index) => ({ ...rule, priority: priorities[index] }));
    });
    expect(goes(map, "api.example.com", "/x")).toBe(Number(priorities[0]) < Number(priorities[1]) ? "api" : "web");
  });

  it("a readable alternative decides though another cannot be read", () => {
    const map = mapOf(({ matchRules }) => matchRules.push({ regex_match: ".*" }));
    expect(goes(map, "api.example.com", "/ws")).toBe("api");
    expect(goes(map, "api.example.com", "/other")).toBe("unknown");
  });
});

describe("header actions on the way (U2)", () => {
  const levels = (host: string, path: string) => route(mapOf(), subject(host, path)).levels.map(({ level }) => level);

  it("run narrow to broad", () => {
    expect(levels("api.example.com", "/ws")).toEqual(["route-rule", "path-matcher", "url-map"]);
  });

  it("leave out the rule where none matches, and the path matcher where no host does", () => {
    expect(levels("api.example.com", "/other")).toEqual(["path-matcher", "url-map"]);
    expect(levels("other.example.com", "/ws")).toEqual(["url-map"]);
  });
});
