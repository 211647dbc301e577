import { describe, expect, it } from "vitest";
import { KNOWN_ATTRIBUTES, unheardOf } from "../../../probes/model/attributes.ts";
import type { BlockKind } from "../../../probes/model/attributes.ts";
import { attribute } from "../../../probes/terraform/graph.ts";
import { graphOf, smallEdge } from "../../support/edge-fixture.ts";

const KINDS = Object.keys(KNOWN_ATTRIBUTES) as BlockKind[];

function blockOf(body: Record<string, unknown>) {
  const edge = smallEdge(({ resource }) => (resource["google_compute_thing"] = { main: { it: body } }));
  return graphOf(edge).resources.get("google_compute_thing.main")!.body.entries.get("it")!;
}

describe.each(KINDS)("%s", (kind) => {
  it("reports what is not listed, with its name and place", () => {
    const block = blockOf({ never_heard_of: 1 });
    const [unknown, ...more] = unheardOf(block, kind);
    expect(more).toEqual([]);
    expect(unknown!.reason).toContain("never_heard_of");
    expect(unknown!.by).toBe(attribute(block, "never_heard_of")!.by);
  });

  it("is silent about what is listed, and about what is not there", () => {
    const { modelled, inert } = KNOWN_ATTRIBUTES[kind];
    const listed = Object.fromEntries([...modelled, ...inert].map((name) => [name, "x"]));
    expect(unheardOf(blockOf({ ...listed, never_heard_of: null, nor_of: [] }), kind)).toEqual([]);
  });

  it("is unknown as a whole where it is no block", () => {
    const text = attribute(blockOf({ a: "text" }), "a")!;
    expect(unheardOf(text, kind, { affects: "refusal" })).toEqual([
      { kind: "unknown", reason: "is not a block", affects: "refusal", by: text.by },
    ]);
  });
});

it("false and zero are values, and are reported", () => {
  expect(unheardOf(blockOf({ one: false, two: 0, three: "", four: {} }), "ports")).toHaveLength(4);
});
