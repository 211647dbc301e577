import { describe, expect, it } from "vitest";
import type { Trace } from "../../../probes/facts/trace.ts";
import type { Assumptions } from "../../../probes/model/assumptions.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { addRedirectListener, edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";

function location({ answer }: Trace): string | undefined {
  return answer?.headers.find(([name]) => name === "location")?.[1];
}

function redirected(patch: (edge: SmallEdge) => void, target = "/ws/a?b=c", assume: Assumptions = {}): Trace {
  return traceRequest(edgeModel(patch), edgeRequest("http", [], { target }), assume);
}

const rule =
  (to: Block, match: Block = { prefix_match: "/ws" }) =>
  ({ routeRule, matchRules }: SmallEdge): void => {
    delete routeRule["service"];
    matchRules.splice(0, 2, match);
    routeRule["url_redirect"] = to;
  };

const HERE = "https://api.example.com";

describe("a redirect (U21)", () => {
  it.each([
    [{ strip_query: false }, `${HERE}/ws/a?b=c`],
    [{ strip_query: true }, `${HERE}/ws/a`],
    [{ host_redirect: "x.example.com" }, "https://x.example.com/ws/a?b=c"],
    [{ path_redirect: "/new" }, `${HERE}/new?b=c`],
    [{ path_redirect: "/new", strip_query: true, host_redirect: "x.example.com" }, "https://x.example.com/new"],
    [{ prefix_redirect: "/new" }, `${HERE}/new/a?b=c`],
    [{ path_redirect: "/new", prefix_redirect: "" }, `${HERE}/new?b=c`],
  ])("%j", (to, expected) => {
    const seen = redirected(rule(to));
    expect(seen.outcome).toBe("redirect");
    expect(location(seen)).toBe(expected);
  });

  it.each([
    [undefined, 301],
    ["", 301],
    ["MOVED_PERMANENTLY_DEFAULT", 301],
    ["FOUND", 302],
    ["SEE_OTHER", 303],
    ["TEMPORARY_REDIRECT", 307],
    ["PERMANENT_REDIRECT", 308],
  ])("with the code %s answers %s", (redirect_response_code, status) => {
    expect(redirected(rule({ redirect_response_code })).answer!.status).toBe(status);
  });

  it.each([
    ["a code that there is not", { redirect_response_code: "I_AM_A_TEAPOT" }],
    ["a path and a prefix", { path_redirect: "/a", prefix_redirect: "/b" }],
  ])("with %s is unknown", (_, to) => {
    expect(redirected(rule(to)).outcome).toBe("unknown");
  });

  it("to https keeps host, path and query, and ends a handshake too", () => {
    const model = edgeModel((edge) => addRedirectListener(edge));
    for (const protocol of ["http", "websocket"] as const) {
      const seen = traceRequest(model, edgeRequest(protocol, [], { scheme: "http", target: "/ws?a=b" }));
      expect(seen).toMatchObject({ outcome: "redirect", answer: { status: 301, by: { stage: "edge", fact: "U21" } } });
      expect(location(seen)).toBe(`${HERE}/ws?a=b`);
    }
  });

  it.each([
    ["kept", `${HERE}/new/a?b=c`],
    ["with-its-slash", `${HERE}/newa?b=c`],
  ])("of the prefix of a path rule, its slash %s", (reading, expected) => {
    const patch = ({ pathMatcher }: SmallEdge): void => {
      delete pathMatcher["route_rules"];
      pathMatcher["path_rule"] = [{ paths: ["/ws/*"], url_redirect: { prefix_redirect: "/new" } }];
    };
    const seen = redirected(patch, "/ws/a?b=c", { "folder-of-a-path-rule": reading });
    expect(location(seen)).toBe(expected);
    expect(seen.dependsOn).toEqual(["folder-of-a-path-rule"]);
  });

  it.each([
    ["before-match", "/ws/a"],
    ["after-match", "//ws/a"],
  ])("names the path by which it matched, folded %s (Q21)", (reading, path) => {
    const patch = rule({ strip_query: false }, { prefix_match: "/" });
    expect(location(redirected(patch, "//ws/a", { "path-normalisation": reading }))).toBe(HERE + path);
  });
});
