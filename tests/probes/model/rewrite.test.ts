import { describe, expect, it } from "vitest";
import type { Trace } from "../../../probes/facts/trace.ts";
import type { Assumptions } from "../../../probes/model/assumptions.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest, traced } from "../../support/edge-request.ts";
import { VARIABLE } from "../../support/unknown-effect.ts";

interface Asked {
  readonly target?: string;
  readonly assume?: Assumptions;
  readonly patch?: (edge: SmallEdge) => void;
}

function rewritten(url_rewrite: Block, match: Block, { target = "/ws/a?b=c", assume, patch }: Asked = {}): Trace {
  const model = edgeModel((edge) => {
    edge.matchRules.splice(0, 2, match);
    edge.routeRule["route_action"] = { url_rewrite };
    patch?.(edge);
  });
  return traceRequest(model, edgeRequest("http", [], { target }), assume);
}

/** Target that the service gets by a path rule with a rewritten prefix, under a reading. */
function byPathRule(paths: string[], path_prefix_rewrite: string, target: string, assume?: Assumptions): Trace {
  const model = edgeModel(({ pathMatcher, routeRule }) => {
    delete pathMatcher["route_rules"];
    const route_action = { url_rewrite: { path_prefix_rewrite } };
    pathMatcher["path_rule"] = [{ paths, service: routeRule["service"], route_action }];
  });
  return traceRequest(model, edgeRequest("http", [], { target }), assume);
}

describe("a rewritten path (U22)", () => {
  it.each([
    ["a prefix", { path_prefix_rewrite: "/new" }, { prefix_match: "/ws" }, "/new/a?b=c"],
    ["a prefix, by what is written", { path_prefix_rewrite: "/" }, { prefix_match: "/ws" }, "//a?b=c"],
    ["the whole of an exact path", { path_prefix_rewrite: "/new" }, { full_path_match: "/ws/a" }, "/new?b=c"],
    ["a template", { path_template_rewrite: "/{y}/{x}" }, { path_template_match: "/{x}/{y}" }, "/a/ws?b=c"],
    ["a prefix in any case", { path_prefix_rewrite: "/new" }, { prefix_match: "/WS", ignore_case: true }, "/new/a?b=c"],
  ])("%s", (_, rewrite, match, target) => {
    const seen = rewritten(rewrite, match);
    expect(seen.forward!.target).toBe(target);
    expect(seen).toMatchObject({ outcome: "backend", dependsOn: [], problems: [] });
  });

  it.each([
    ["kept", "/new/a"],
    ["with-its-slash", "/newa"],
  ])("of a path rule, its slash %s", (reading, target) => {
    const seen = byPathRule(["/ws/*"], "/new", "/ws/a", { "folder-of-a-path-rule": reading });
    expect(seen.forward!.target).toBe(target);
    expect(seen.dependsOn).toEqual(["folder-of-a-path-rule"]);
  });

  it.each([
    ["/ws/*", "/new/", "/ws/a", "/new/a"],
    ["/ws", "/new", "/ws", "/new"],
    ["/*", "/", "/ws", "/ws"],
  ])("of the path rule %s to %s is no open question", (path, rewrite, target, expected) => {
    const seen = byPathRule([path], rewrite, target);
    expect(seen.forward!.target).toBe(expected);
    expect(seen.dependsOn).toEqual([]);
  });

  it.each([
    ["kept", "/new/ws"],
    ["with-its-slash", "/newws"],
  ])("of a rule that asks for no path, the first slash %s", (reading, target) => {
    const match = { header_matches: [{ header_name: "host", present_match: true }] };
    const assume = { "folder-of-a-path-rule": reading };
    expect(rewritten({ path_prefix_rewrite: "/new" }, match, { target: "/ws", assume }).forward!.target).toBe(target);
  });

  it("by a variable that nothing names is refused", () => {
    const seen = rewritten({ path_template_rewrite: "/{z}" }, { path_template_match: "/{x}/{y}" });
    expect(seen.problems).toMatchObject([{ fact: "U13", found: "apply" }]);
  });
});

describe("a rewritten host (H28)", () => {
  const HOST = { host_rewrite: "inner.example.com" };

  it("arrives, with what the client asked for beside it (H4c)", () => {
    const seen = rewritten(HOST, { prefix_match: "/ws" });
    expect(arriving(seen, "host")).toEqual(["inner.example.com"]);
    expect(traced(seen, "host")).toMatchObject({ state: "replaced", by: [{ fact: "H28" }] });
    expect(arriving(seen, "x-client-request-url")).toEqual(["https://api.example.com/ws/a?b=c"]);
    expect(arriving(seen, "x-envoy-original-path")).toEqual(["/ws/a?b=c"]);
    expect(seen.forward!.target).toBe("/ws/a?b=c");
  });

  it("arrives alone on the classic balancer", () => {
    const seen = rewritten(
      HOST,
      { prefix_match: "/ws" },
      {
        patch: ({ forwardingRule, backend, webBackend }) => {
          for (const each of [forwardingRule, backend, webBackend]) each["load_balancing_scheme"] = "EXTERNAL";
        },
      },
    );
    expect(arriving(seen, "host")).toEqual(["inner.example.com"]);
    expect(traced(seen, "x-client-request-url")).toBeUndefined();
    expect(seen.problems!.map(({ reason }) => reason)).toEqual([
      "route rules are not supported by the classic balancer",
    ]);
  });

  it("that cannot be read leaves the host open, and nothing else", () => {
    const seen = rewritten({ host_rewrite: VARIABLE }, { prefix_match: "/ws" });
    expect(seen.outcome).toBe("backend");
    expect(traced(seen, "host")!.state).toBe("unknown");
    expect(traced(seen, "x-envoy-original-path")!.state).toBe("added");
  });

  it("is not there without a rewrite", () => {
    const seen = traceRequest(edgeModel(), edgeRequest("http"));
    expect(traced(seen, "x-client-request-url")).toBeUndefined();
    expect(traced(seen, "x-envoy-original-path")).toBeUndefined();
  });
});

describe("beside other things that write", () => {
  it("a custom header of the host leaves open which of the two arrives (H28)", () => {
    const seen = rewritten(
      { host_rewrite: "inner.example.com" },
      { prefix_match: "/ws/" },
      {
        patch: ({ backend }) => (backend["custom_request_headers"] = ["Host: other.example.com"]),
      },
    );
    expect(seen.outcome).toBe("backend");
    expect(traced(seen, "host")).toMatchObject({ state: "unknown", arrives: [null] });
  });

  it.each([
    ["added-after", ["/ws/a?b=c"]],
    ["removed", []],
  ])("a removal of what the proxy writes beside it, %s", (reading, values) => {
    const seen = rewritten(
      { host_rewrite: "inner.example.com" },
      { prefix_match: "/ws/" },
      {
        patch: ({ urlMap }) => (urlMap["header_action"] = { request_headers_to_remove: ["X-Envoy-Original-Path"] }),
        assume: { "removal-of-proxy-headers": reading },
      },
    );
    expect(arriving(seen, "x-envoy-original-path")).toEqual(values);
  });

  it("a rule that names the path by a template leaves open what counts as its prefix (U13)", () => {
    const seen = rewritten({ path_prefix_rewrite: "/new" }, { path_template_match: "/ws/*" });
    expect(seen.outcome).toBe("unknown");
    expect(seen.unknowns).toMatchObject([
      { affects: "request", reason: expect.stringContaining("template") as string },
    ]);
  });
});
