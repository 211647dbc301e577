import { describe, expect, it } from "vitest";
import { failedTest } from "../support/stand-in-google/url-map-tests.ts";
import type { Body } from "../support/stand-in-google/value.ts";
import { outcomeOf } from "../support/stand-in-google/url-map-routing.ts";

const MAP: Body = {
  default_service: "fallback",
  host_rule: [
    { hosts: ["paths.example.com", "paths.example.org:8443"], path_matcher: "paths" },
    { hosts: ["*.example.net"], path_matcher: "routes" },
    { hosts: ["*.deep.example.net"], path_matcher: "paths" },
  ],
  path_matcher: [
    {
      name: "paths",
      default_service: "paths-default",
      path_rule: [
        { paths: ["/ws/*"], service: "long" },
        { paths: ["/*"], service: "short" },
        { paths: ["/ws/exact"], service: "exact" },
        { paths: ["/old/*"], url_redirect: [{ prefix_redirect: "/new/", https_redirect: true, strip_query: true }] },
      ],
    },
    {
      name: "routes",
      default_service: "routes-default",
      route_rules: [
        { priority: 30, match_rules: [{ prefix_match: "/" }], service: "last" },
        {
          priority: 10,
          match_rules: [
            { full_path_match: "/ws", header_matches: [{ header_name: "X-Version", exact_match: "2" }] },
            { path_template_match: "/v1/{tenant=*}/**" },
          ],
          service: "first",
        },
        {
          priority: 20,
          match_rules: [{ prefix_match: "/split", query_parameter_matches: [{ name: "beta", present_match: true }] }],
          route_action: [
            {
              url_rewrite: [{ path_prefix_rewrite: "/beta", host_rewrite: "beta.internal" }],
              weighted_backend_services: [
                { backend_service: "one", weight: 90 },
                { backend_service: "two", weight: 10 },
                { backend_service: "never", weight: 0 },
              ],
            },
          ],
        },
      ],
    },
  ],
};

const routed = (host: string, path: string, headers: { name: string; value: string }[] = []) =>
  outcomeOf(MAP, { host, path, headers });

describe("routing of a URL map", () => {
  it.each([
    ["unknown.example.com", "/ws/one", ["fallback"]],
    ["paths.example.com", "/ws/exact", ["exact"]],
    ["paths.example.com", "/ws/one?x=1", ["long"]],
    ["paths.example.com", "/ws", ["short"]],
    ["PATHS.example.com:443", "/ws/one", ["long"]],
    ["a.example.net", "/ws", ["last"]],
    ["a.example.net", "/v1/acme/deep/path", ["first"]],
    ["a.example.net", "/split?beta=1", ["one", "two"]],
    ["a.example.net", "/split", ["last"]],
    ["a.deep.example.net", "/ws/one", ["long"]],
  ])("sends %s%s to %j", (host, path, services) => {
    expect(routed(host, path).services).toEqual(services);
  });

  it("looks at headers", () => {
    expect(routed("a.example.net", "/ws", [{ name: "x-version", value: "2" }]).services).toEqual(["first"]);
  });

  it("tells the address after a rewrite and after a redirect", () => {
    expect(routed("a.example.net", "/split/x?beta=1").url).toBe("http://beta.internal/beta/x?beta=1");
    const redirect = routed("paths.example.com", "/old/x?y=1");
    expect(redirect).toMatchObject({ redirectCode: 301, url: "https://paths.example.com/new/x", services: [] });
  });
});

describe("a test of a URL map", () => {
  const failure = (test: Body) =>
    failedTest({ ...MAP, test: [{ host: "paths.example.com", path: "/ws/one", ...test }] });

  it.each([
    [{ service: "long" }],
    [{ path: "/old/x", expected_redirect_response_code: 301, expected_output_url: "https://paths.example.com/new/x" }],
    [{ service: "long", expected_output_url: "https://paths.example.com/ws/one" }],
  ])("holds: %j", (test) => {
    expect(failure(test)).toBeUndefined();
  });

  it.each([
    [{ service: "short" }, /expected service 'short', actual service 'long'/],
    [{ expected_redirect_response_code: 301 }, /expected redirect 301, actual service 'long'/],
    [{ path: "/old/x", service: "long" }, /expected service 'long', actual redirect 301/],
    [{ service: "long", expected_output_url: "http://paths.example.com/" }, /expected output URL/],
  ])("fails: %j", (test, message) => {
    expect(failure(test)).toMatch(message);
  });
});
