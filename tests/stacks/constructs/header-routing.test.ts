import { describe, expect, it } from "vitest";
import { HeaderRouting } from "../../../stacks/constructs/header-routing.ts";
import type { RoutedRule } from "../../../stacks/constructs/header-routing.ts";
import type { Json } from "../../support/reference.ts";
import { all, synthesizeStack } from "../synthesize.ts";

const rule = (more: Partial<RoutedRule>): RoutedRule => ({
  exact: [],
  prefixes: [],
  backend: "b",
  set: [],
  remove: [],
  ...more,
});

function map(...rules: RoutedRule[]): Json {
  const hosts = [{ name: "host", host: "a.example.com", rules, defaultBackend: "default" }];
  const terraform = synthesizeStack(
    (stack) =>
      new HeaderRouting(stack, "routing", {
        name: "m",
        hosts,
        redirectOthersTo: "a.example.com",
        removeEverywhere: [],
      }),
  );
  return all(terraform, "google_compute_url_map")[0];
}

describe("HeaderRouting", () => {
  it("has no header action where nothing is removed or answered", () => {
    expect(map(rule({ exact: ["/a"] }))).not.toHaveProperty("header_action");
    expect(map(rule({ exact: ["/a"] })).path_matcher[0].route_rules[0]).not.toHaveProperty("header_action");
  });

  it("removes and sets in one action of a rule", () => {
    const set = [{ name: "X-A", value: "1" }];
    expect(map(rule({ exact: ["/a"], set, remove: ["X-B"] })).path_matcher[0].route_rules[0].header_action).toEqual({
      request_headers_to_add: [{ header_name: "X-A", header_value: "1", replace: true }],
      request_headers_to_remove: ["X-B"],
    });
  });

  it("tests each path with the first rule that matches it, not with the one that declares it", () => {
    const rules = [rule({ prefixes: ["/a/"], backend: "first" }), rule({ exact: ["/a/b"], backend: "second" })];
    expect((map(...rules).test as Json[]).map(({ path, service }) => [path, service])).toEqual([
      ["/a/headgate-test", "first"],
      ["/a/b", "first"],
      ["/headgate-test", "default"],
    ]);
  });

  it("tests the default only where a path can reach it", () => {
    const paths = (map(rule({ prefixes: ["/"] })).test as Json[]).map(({ path }) => path as string);
    expect(paths).toEqual(["/headgate-test"]);
  });
});
