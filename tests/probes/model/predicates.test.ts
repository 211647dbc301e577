import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { EdgeRequest, Trace } from "../../../probes/facts/trace.ts";
import type { Assumptions } from "../../../probes/model/assumptions.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";
import { edgeRequest } from "../../support/edge-request.ts";
import { VARIABLE } from "../../support/unknown-effect.ts";

interface Asked {
  readonly lines?: readonly HeaderLine[];
  readonly more?: Partial<EdgeRequest>;
  readonly assume?: Assumptions;
  readonly product?: "internal";
}

function traced(matches: readonly Block[], { lines = [], more, assume = {}, product }: Asked = {}): Trace {
  const model = edgeModel((edge) => {
    edge.matchRules.splice(0, 2, ...matches);
    if (product === "internal") makeInternal(edge);
  });
  return traceRequest(model, edgeRequest("http", lines, more), assume);
}

function makeInternal({ forwardingRule, backend, webBackend }: SmallEdge): void {
  for (const each of [forwardingRule, backend, webBackend]) each["load_balancing_scheme"] = "INTERNAL_MANAGED";
}

/** Whether the rule is the one that is taken: yes, no, or that cannot be told. */
function holds(matches: readonly Block[], asked?: Asked): "yes" | "no" | "unknown" {
  const { outcome, backend } = traced(matches, asked);
  if (outcome === "unknown") return "unknown";
  return backend === ADDRESS.api ? "yes" : "no";
}

const header = (more: Block): Block => ({ prefix_match: "/", header_matches: [{ header_name: "X-A", ...more }] });
const query = (more: Block): Block => ({ prefix_match: "/", query_parameter_matches: [{ name: "a", ...more }] });
const sent = (...values: string[]): readonly HeaderLine[] => values.map((value) => ["x-a", value]);
const YES: Block = { prefix_match: "/" };
const NO: Block = { prefix_match: "/no" };
const OPEN: Block = { prefix_match: VARIABLE };

describe("alternatives are OR, what stands in one is AND (U13)", () => {
  it.each([
    [[YES, OPEN], "yes"],
    [[OPEN, YES], "yes"],
    [[NO, OPEN], "unknown"],
    [[NO, NO], "no"],
    [[OPEN, OPEN], "unknown"],
  ])("%j: %s", (matches, truth) => {
    expect(holds(matches)).toBe(truth);
  });

  const regex = { regex_match: "a\\1" };
  it.each([
    ["all hold", { exact_match: "v" }, { exact_match: "v" }, "yes"],
    ["one fails", { exact_match: "v" }, { exact_match: "w" }, "no"],
    ["one cannot be told", { exact_match: "v" }, regex, "unknown"],
    ["one cannot be told and another fails", regex, { exact_match: "w" }, "no"],
  ])("%s", (_, first, second, truth) => {
    const both = [first, second].map((each) => ({ header_name: "X-A", ...each }));
    expect(holds([{ prefix_match: "/", header_matches: both }], { lines: sent("v"), product: "internal" })).toBe(truth);
  });

  it("a path that does not match settles it, whatever the headers are", () => {
    const match = { prefix_match: "/no", header_matches: [{ header_name: "X-A", regex_match: "v" }] };
    expect(holds([match])).toBe("no");
  });
});

describe("a header match (U15)", () => {
  it.each([
    ["exact", { exact_match: "v" }, sent("v"), "yes"],
    ["exact, in another case", { exact_match: "v" }, sent("V"), "no"],
    ["prefix", { prefix_match: "Bearer " }, sent("Bearer c"), "yes"],
    ["prefix of another", { prefix_match: "Bearer " }, sent("Basic c"), "no"],
    ["suffix", { suffix_match: "==" }, sent("a=="), "yes"],
    ["suffix of another", { suffix_match: "==" }, sent("=a"), "no"],
    ["present", { present_match: true }, sent(""), "yes"],
    ["present, and it is not", { present_match: true }, [], "no"],
    ["absent by inversion", { present_match: true, invert_match: true }, [], "yes"],
    ["absent by inversion, and it is there", { present_match: true, invert_match: true }, sent("v"), "no"],
    ["inverted", { exact_match: "v", invert_match: true }, sent("w"), "yes"],
    ["inverted, and equal", { exact_match: "v", invert_match: true }, sent("v"), "no"],
    ["several lines are one list", { exact_match: "a,b" }, sent("a", "b"), "yes"],
    ["one of several lines", { exact_match: "a" }, sent("a", "b"), "no"],
    ["an empty predicate is none", { exact_match: "", present_match: true }, sent("v"), "yes"],
    ["present_match = false is none", { present_match: false }, sent("v"), "unknown"],
    ["two predicates", { exact_match: "v", prefix_match: "v" }, sent("v"), "unknown"],
    ["none at all", {}, sent("v"), "unknown"],
  ] as const)("%s", (_, predicate, lines, truth) => {
    expect(holds([header(predicate)], { lines })).toBe(truth);
  });

  it.each([
    ["3", "yes"],
    ["-5", "yes"],
    ["-6", "no"],
    ["5", "no"],
    ["0.25", "no"],
    ["3x", "no"],
    ["", "no"],
  ])("in the range from -5 up to 5: %j %s", (value, truth) => {
    expect(holds([header({ range_match: { range_start: -5, range_end: 5 } })], { lines: sent(value) })).toBe(truth);
  });

  it.each([
    ["matches", "yes"],
    ["does-not-match", "no"],
  ])("inverted on a header that is not there, %s", (reading, truth) => {
    const asked = { assume: { "inverted-match-of-nothing": reading } };
    expect(holds([header({ exact_match: "v", invert_match: true })], asked)).toBe(truth);
    expect(traced([header({ exact_match: "v", invert_match: true })], asked).dependsOn).toEqual([
      "inverted-match-of-nothing",
    ]);
  });

  it("asks for method and authority by their pseudo names, and for any name in any case", () => {
    const match = (header_name: string, exact_match: string): Block => ({
      prefix_match: "/",
      header_matches: [{ header_name, exact_match }],
    });
    expect(holds([match(":method", "PUT")], { more: { method: "PUT" } })).toBe("yes");
    expect(holds([match(":method", "PUT")])).toBe("no");
    expect(holds([match(":authority", "api.example.com")])).toBe("yes");
    expect(holds([match("x-A", "v")], { lines: [["X-a", "v"]] })).toBe("yes");
  });

  it("sees the client's headers, not what a header action writes", () => {
    const model = edgeModel(({ urlMap, matchRules }) => {
      urlMap["header_action"] = { request_headers_to_add: [{ header_name: "X-A", header_value: "v", replace: true }] };
      matchRules.splice(0, 2, header({ present_match: true }));
    });
    expect(traceRequest(model, edgeRequest("http")).backend).toBe(ADDRESS.web);
  });

  it.each([
    ["visible", ADDRESS.api],
    ["hidden", ADDRESS.web],
  ])("on Upgrade, %s to rules (Q6)", (reading, backend) => {
    const model = edgeModel(({ matchRules }) =>
      matchRules.splice(0, 2, { header_matches: [{ header_name: "Upgrade", exact_match: "websocket" }] }),
    );
    const seen = traceRequest(model, edgeRequest("websocket"), { "match-hop-by-hop": reading });
    expect(seen).toMatchObject({ outcome: "backend", backend, dependsOn: ["match-hop-by-hop"] });
  });
});

describe("a query parameter", () => {
  it.each([
    ["/?a=v", { exact_match: "v" }, "yes"],
    ["/?b=v", { exact_match: "v" }, "no"],
    ["/?b&a=v", { exact_match: "v" }, "yes"],
    ["/?a", { present_match: true }, "yes"],
    ["/?aa=1", { present_match: true }, "no"],
    ["/", { present_match: true }, "no"],
    ["/?a=1=2", { exact_match: "1=2" }, "yes"],
    ["/?a=1?2", { exact_match: "1?2" }, "yes"],
    ["/?a=v&a=v", { exact_match: "v" }, "yes"],
    ["/?a=v&a=w", { exact_match: "v" }, "unknown"],
    ["/?a=v&a=w", { exact_match: "x" }, "no"],
    ["/?a=%76", { exact_match: "v" }, "unknown"],
    ["/?%61=v", { present_match: true }, "unknown"],
    ["/?a=x+y", { exact_match: "x y" }, "unknown"],
  ])("%s and %j: %s", (target, predicate, truth) => {
    expect(holds([query(predicate)], { more: { target } })).toBe(truth);
  });
});

describe("a path", () => {
  it.each([
    [{ full_path_match: "/WS", ignore_case: true }, "/ws", "yes"],
    [{ full_path_match: "/WS" }, "/ws", "no"],
    [{ prefix_match: "/WS", ignore_case: true }, "/wsx", "yes"],
    [{ full_path_match: "/ws" }, "/ws?a=1", "yes"],
    [{ full_path_match: "/ws", prefix_match: "" }, "/ws", "yes"],
    [{ full_path_match: "/ws", prefix_match: "/ws" }, "/ws", "unknown"],
    [{ full_path_match: "/ws" }, "/%77s", "no"],
    [{ path_template_match: "/a/{id}/*" }, "/a/1/2", "yes"],
    [{ path_template_match: "/a/{id}/*" }, "/a/1", "no"],
  ])("%j and %s: %s", (match, target, truth) => {
    expect(holds([match], { more: { target } })).toBe(truth);
  });

  it("without a path, a header is enough", () => {
    expect(holds([{ header_matches: [{ header_name: "X-A", present_match: true }] }], { lines: sent("v") })).toBe(
      "yes",
    );
  });

  it("a rule without predicates may match anything", () => {
    expect(holds([{}])).toBe("unknown");
    expect(holds([])).toBe("unknown");
  });
});

describe("an expression (U14)", () => {
  const path: Block = { regex_match: "/w." };

  it("is for regional and internal balancers, and holds for the whole path", () => {
    expect(holds([path], { product: "internal" })).toBe("yes");
    expect(holds([path], { product: "internal", more: { target: "/wss" } })).toBe("no");
  });

  it.each([
    ["of a path", path, "regex_match"],
    ["of a header", header({ regex_match: "v" }), "header_matches[0]"],
    ["of a parameter", query({ regex_match: "v" }), "query_parameter_matches[0]"],
  ])("%s is refused on the global balancer, and not evaluated", (_, match, attribute) => {
    const seen = traced([match], { lines: sent("v"), more: { target: "/ws?a=v" } });
    expect(seen.outcome).toBe("unknown");
    expect(seen.problems).toMatchObject([
      { fact: "U14", found: "apply", by: { attribute: `path_matcher[0].route_rules[0].match_rules[0].${attribute}` } },
    ]);
  });

  it("that may take time without end is not tried", () => {
    const match = header({ regex_match: "(a+)+b" });
    const started = Date.now();
    expect(holds([match], { product: "internal", lines: sent("a".repeat(5000)) })).toBe("unknown");
    const polynomial = header({ regex_match: "a*a*a*a*a*b" });
    expect(holds([polynomial], { product: "internal", lines: sent("a".repeat(5000)) })).toBe("unknown");
    expect(Date.now() - started).toBeLessThan(2000);
  });
});
