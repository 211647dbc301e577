import { describe, expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import { edgeModel } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";

const RULES = "path_matcher[0].route_rules";

function problems(patch: (edge: SmallEdge) => void) {
  const trace = traceRequest(edgeModel(patch), edgeRequest("http"));
  return (trace.problems ?? []).map(({ fact, found, by: { attribute } }) => [fact, found, attribute]);
}

const rules = ({ pathMatcher, routeRule }: SmallEdge, ...priorities: unknown[]): void => {
  pathMatcher["route_rules"] = priorities.map((priority) => ({ ...routeRule, priority }));
};

function paths({ pathMatcher, routeRule }: SmallEdge, ...written: string[]): void {
  delete pathMatcher["route_rules"];
  pathMatcher["path_rule"] = [{ paths: written, service: routeRule["service"] }];
}

function classic({ forwardingRule, backend, webBackend }: SmallEdge): void {
  for (const each of [forwardingRule, backend, webBackend]) each["load_balancing_scheme"] = "EXTERNAL";
}

describe("what Google refuses of a URL map", () => {
  it.each<[string, (edge: SmallEdge) => void, string, string]>([
    ["two rules of one priority (U13)", (e) => rules(e, 1, 1), "U13", `${RULES}[1]`],
    ["a priority below 0", (e) => rules(e, -1), "U13", `${RULES}[0]`],
    ["a priority above the greatest", (e) => rules(e, 2_147_483_648), "U13", `${RULES}[0]`],
    ["a priority that is no whole number", (e) => rules(e, 1.5), "U13", `${RULES}[0]`],
    [
      "path rules beside route rules",
      (e) => (e.pathMatcher["path_rule"] = [{ paths: ["/x"], service: e.routeRule["service"] }]),
      "U13",
      "path_matcher[0].path_rule[0]",
    ],
    ["a star within a path (U12)", (e) => paths(e, "/ws*"), "U12", "path_matcher[0].path_rule[0].paths[0]"],
    ["two stars in a path", (e) => paths(e, "/*/*"), "U12", "path_matcher[0].path_rule[0].paths[0]"],
    ["a path without a slash", (e) => paths(e, "/a", "ws"), "U12", "path_matcher[0].path_rule[0].paths[1]"],
    ["a host in two rules (U11)", (e) => again(e, "API.example.com"), "U11", "host_rule[1].hosts[0]"],
    ["a star within a host", (e) => again(e, "a.*.example.com"), "U11", "host_rule[1].hosts[0]"],
    ["a star before a letter", (e) => again(e, "*a.example.com"), "U11", "host_rule[1].hosts[0]"],
    [
      "six operators in a template",
      (e) => e.matchRules.push({ path_template_match: "/*/*/*/*/*/*" }),
      "U13",
      `${RULES}[0].match_rules[2].path_template_match`,
    ],
  ])("%s", (_, patch, fact, attribute) => {
    expect(problems(patch)).toEqual([[fact, "apply", attribute]]);
  });

  it("nothing of a good one", () => {
    expect(problems((e) => rules(e, 0, 2_147_483_647))).toEqual([]);
    expect(problems((e) => paths(e, "/*", "/ws", "/ws/*"))).toEqual([]);
    expect(problems((e) => again(e, "*", "*.example.com", "*-x.example.com"))).toEqual([]);
  });
});

describe("the classic balancer (U9)", () => {
  const action = (more: object) => (edge: SmallEdge) => {
    classic(edge);
    paths(edge, "/ws");
    (edge.pathMatcher["path_rule"] as object[])[0] = {
      paths: ["/ws"],
      service: edge.routeRule["service"],
      route_action: more,
    };
  };

  it("has no route rules", () => {
    expect(problems(classic)).toEqual([["U9", "apply", `${RULES}[0]`]]);
  });

  it("has path rules, and rewrites", () => {
    expect(problems(action({ url_rewrite: { path_prefix_rewrite: "/" } }))).toEqual([]);
  });

  it.each(["cors_policy", "fault_injection_policy", "retry_policy"])("has no %s", (name) => {
    expect(problems(action({ [name]: {} }))).toEqual([
      ["U9", "apply", `path_matcher[0].path_rule[0].route_action.${name}`],
    ]);
  });
});

function again({ urlMap }: SmallEdge, ...hosts: string[]): void {
  (urlMap["host_rule"] as object[]).push({ hosts, path_matcher: "api" });
}
