import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { Trace } from "../../../probes/facts/trace.ts";
import type { Assumptions } from "../../../probes/model/assumptions.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import { edgeModel, graphOf, smallEdge } from "../../support/edge-fixture.ts";
import type { SmallEdge } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest, traced } from "../../support/edge-request.ts";

function trace(patch: (edge: SmallEdge) => void, lines: readonly HeaderLine[] = [], assume: Assumptions = {}): Trace {
  return traceRequest(edgeModel(patch), edgeRequest("http", lines), assume);
}

const adds = (...written: [name: string, value: string, replace?: boolean][]) => ({
  request_headers_to_add: written.map(([header_name, header_value, replace]) => ({
    header_name,
    header_value,
    replace,
  })),
});
const removes = (...names: string[]) => ({ request_headers_to_remove: names });

describe("header actions of the URL map", () => {
  it("take every line of a name away, in any case", () => {
    const seen = trace(
      ({ urlMap }) => (urlMap["header_action"] = removes("x-SECRET")),
      [
        ["X-Secret", "one"],
        ["x-secret", "two"],
        ["X-Other", "kept"],
      ],
    );
    expect(arriving(seen, "x-secret")).toEqual([]);
    expect(arriving(seen, "x-other")).toEqual(["kept"]);
  });

  it("that set a name the proxy adds too, and then append to it, keep both values (V9)", () => {
    const seen = trace(
      ({ urlMap }) =>
        (urlMap["header_action"] = adds(
          ["X-Forwarded-Proto", "set", true],
          ["x-forwarded-proto", "{client_ip_address}", false],
        )),
      [["X-Forwarded-Proto", "forged"]],
    );
    expect(arriving(seen, "x-forwarded-proto")).toEqual(["set", "198.51.100.7"]);
  });

  it("that remove what the proxy adds are followed by the backend's own word on it, be it an empty one (V9)", () => {
    const seen = trace(
      ({ urlMap, backend }) => {
        urlMap["header_action"] = removes("X-Forwarded-Proto");
        backend["custom_request_headers"] = ["X-Forwarded-Proto:"];
      },
      [],
      { "empty-backend-header": "removed" },
    );
    expect(arriving(seen, "x-forwarded-proto")).toEqual([]);
  });

  it("may be written as an object or as a list, with the same effect", () => {
    const action = { ...removes("X-B"), ...adds(["X-A", "n", true]) };
    const asObject = trace(({ urlMap }) => (urlMap["header_action"] = action), [["X-B", "b"]]);
    const asList = trace(({ urlMap }) => (urlMap["header_action"] = [action]), [["X-B", "b"]]);
    expect(asList.forward).toEqual(asObject.forward);
    expect(arriving(asList, "x-a")).toEqual(["n"]);
    expect(traced(asList, "x-a")!.by[0]!.attribute).toBe("header_action[0].request_headers_to_add[0]");
    expect(traced(asList, "x-b")!.by[0]!.attribute).toBe("header_action[0].request_headers_to_remove[0]");
  });

  it("may write one header as an object", () => {
    const written = { header_name: "X-A", header_value: "n", replace: true };
    const seen = trace(({ routeRule }) => (routeRule["header_action"] = { request_headers_to_add: written }));
    expect(arriving(seen, "x-a")).toEqual(["n"]);
    expect(traced(seen, "x-a")!.by[0]!.attribute).toBe(
      "path_matcher[0].route_rules[0].header_action.request_headers_to_add[0]",
    );
  });

  it("of route rule, path matcher and URL map all run, and are named in that order (U2)", () => {
    const seen = trace(({ urlMap, pathMatcher, routeRule }) => {
      for (const block of [urlMap, pathMatcher, routeRule]) block["header_action"] = adds(["X-A", "n", true]);
    });
    expect(traced(seen, "x-a")!.by.map(({ effect }) => effect)).toEqual([
      "sets it at the route rule",
      "sets it at the path matcher",
      "sets it at the URL map",
    ]);
  });

  it.each([
    ["replace = true with a variable", "{client_ip_address}", true, ["198.51.100.7"]],
    ["replace = false with a variable (U4)", "{client_ip_address}", false, ["mine", "198.51.100.7"]],
    ["no replace with a variable (U4)", "{client_ip_address}", undefined, ["mine", "198.51.100.7"]],
  ])("%s", (_, value, replace, arrives) => {
    const seen = trace(({ urlMap }) => (urlMap["header_action"] = adds(["X-A", value, replace])), [["X-A", "mine"]]);
    expect(arriving(seen, "x-a")).toEqual(arrives);
    expect(seen.dependsOn).toEqual([]);
  });

  it.each([
    ["false", "replaced", ["n"]],
    ["false", "appended", ["mine", "n"]],
    [undefined, "replaced", ["n"]],
    [undefined, "appended", ["mine", "n"]],
  ])("replace = %s with a literal is not sent by Terraform: read as %s (U5)", (written, reading, arrives) => {
    const replace = written === undefined ? undefined : false;
    const patch = ({ urlMap }: SmallEdge) => void (urlMap["header_action"] = adds(["X-A", "n", replace]));
    const seen = trace(patch, [["X-A", "mine"]], { "replace-false-literal": reading });
    expect(arriving(seen, "x-a")).toEqual(arrives);
    expect(seen.dependsOn).toEqual(["replace-false-literal"]);
  });

  it.each([
    ["false appends", false, "n", ["mine", "n"]],
    ["true sets", true, "n", ["n"]],
    ["left out sets a literal", undefined, "n", ["n"]],
    ["left out appends a variable", undefined, "{client_ip_address}", ["mine", "198.51.100.7"]],
  ])("as the API says it, %s (U4)", (_, replace, value, arrives) => {
    const graph = graphOf(smallEdge(({ urlMap }) => (urlMap["header_action"] = adds(["X-A", value, replace]))));
    const resources = new Map([...graph.resources].map(([address, one]) => [address, { ...one, api: true as const }]));
    const seen = traceRequest(buildEdgeModel({ ...graph, resources }), edgeRequest("http", [["X-A", "mine"]]));
    expect(arriving(seen, "x-a")).toEqual(arrives);
    expect(seen.dependsOn).toEqual([]);
  });

  it("a name that cannot be read in a list leaves every header open, and the way told", () => {
    const seen = trace(({ urlMap }) => (urlMap["header_action"] = removes("X-B", "${var.it}")), [["X-A", "mine"]]);
    expect(seen.outcome).toBe("backend");
    expect(seen.unknowns).toMatchObject([
      { affects: "headers", by: { attribute: "header_action.request_headers_to_remove[1]" } },
    ]);
    expect(traced(seen, "x-a")!.state).toBe("unknown");
  });

  it("with replace = false and nothing there is no open question", () => {
    const seen = trace(({ urlMap }) => (urlMap["header_action"] = adds(["X-A", "n", false])));
    expect(arriving(seen, "x-a")).toEqual(["n"]);
    expect(seen.dependsOn).toEqual([]);
  });

  it.each([
    ["skipped", ["mine"]],
    ["sent-empty", [""]],
  ])("an empty value, %s (U8)", (reading, arrives) => {
    const patch = ({ urlMap }: SmallEdge) => void (urlMap["header_action"] = adds(["X-A", "", true]));
    const seen = trace(patch, [["X-A", "mine"]], { "empty-url-map-header": reading });
    expect(arriving(seen, "x-a")).toEqual(arrives);
    expect(seen.dependsOn).toEqual(["empty-url-map-header"]);
  });

  it.each([
    ["removed", []],
    ["kept", ["u"]],
  ])("the removal of a reserved name, %s (U8)", (reading, arrives) => {
    const patch = ({ urlMap }: SmallEdge) => void (urlMap["header_action"] = removes("X-Goog-User"));
    const seen = trace(patch, [["X-Goog-User", "u"]], { "reserved-removal": reading });
    expect(arriving(seen, "x-goog-user")).toEqual(arrives);
    expect(seen.dependsOn).toContain("reserved-removal");
  });
});

describe("custom headers of the backend service", () => {
  const custom =
    (...lines: string[]) =>
    ({ backend }: SmallEdge) =>
      void (backend["custom_request_headers"] = lines);

  it("overwrite every line of the client's (V4)", () => {
    const seen = trace(custom("X-A: b"), [
      ["x-a", "1"],
      ["X-A", "2"],
    ]);
    expect(arriving(seen, "x-a")).toEqual(["b"]);
    expect(traced(seen, "x-a")).toMatchObject({ state: "replaced", by: [{ fact: "V4" }] });
  });

  it("drop blanks around the value and keep colons inside (V2)", () => {
    expect(arriving(trace(custom("X-A:  a: b  ")), "x-a")).toEqual(["a: b"]);
  });

  it("may be one text", () => {
    expect(
      arriving(
        trace(({ backend }) => (backend["custom_request_headers"] = "X-A: b")),
        "x-a",
      ),
    ).toEqual(["b"]);
  });

  it("expand variables (V8)", () => {
    expect(arriving(trace(custom("X-A: {client_ip_address} {{x}}")), "x-a")).toEqual(["198.51.100.7 {x}"]);
  });

  it.each([
    ["sent-empty", [""]],
    ["removed", []],
  ])("an empty one that meets no client's header, %s (Q26)", (reading, arrives) => {
    const seen = trace(custom("X-A:"), [], { "empty-backend-header": reading });
    expect(arriving(seen, "x-a")).toEqual(arrives);
    expect(seen.dependsOn).toEqual(["empty-backend-header"]);
  });

  it("do not touch requests to another backend", () => {
    const request = edgeRequest("http", [["X-A", "mine"]], { target: "/other" });
    expect(arriving(traceRequest(edgeModel(custom("X-A: b")), request), "x-a")).toEqual(["mine"]);
  });
});

describe("response actions", () => {
  const configure = ({ urlMap, routeRule, backend }: SmallEdge): void => {
    backend["custom_response_headers"] = ["X-B: {client_ip_address}"];
    routeRule["header_action"] = { response_headers_to_remove: ["Server"] };
    const written = { header_name: "X-U", header_value: "u", replace: true };
    urlMap["header_action"] = {
      response_headers_to_add: [written, { header_name: "X-V", header_value: "{server_port}" }],
    };
  };
  const actions = [
    { kind: "add", name: "X-B", value: "198.51.100.7", replace: true },
    { kind: "remove", name: "Server" },
    { kind: "add", name: "X-U", value: "u", replace: true },
    { kind: "add", name: "X-V", value: "443", replace: false },
  ];

  it("come from the backend, then narrow to broad", () => {
    const seen = trace(configure);
    expect(seen.forward!.responseActions).toEqual(actions);
    expect(seen.dependsOn).toEqual([]);
  });

  it.each([
    ["applied", actions],
    ["not-applied", []],
  ])("on a 101 are %s (U24)", (reading, expected) => {
    const seen = traceRequest(edgeModel(configure), edgeRequest("websocket"), { "actions-on-101": reading });
    expect(seen.forward!.responseActions).toEqual(expected);
    expect(seen.dependsOn).toEqual(["actions-on-101"]);
  });
});
