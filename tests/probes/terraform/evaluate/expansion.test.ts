import { describe, expect, it } from "vitest";
import { graphOfFiles, plainGraph } from "../../../support/terraform-folder.ts";

const read = async (text: string): Promise<Record<string, unknown>> => plainGraph(await graphOfFiles(text));

describe("count", () => {
  it("makes that many instances, each with its index", async () => {
    expect(await read('resource "a_b" "c" {\n  count = 2\n  it = "n${count.index}"\n}')).toEqual({
      "a_b.c[0]": { it: "n0" },
      "a_b.c[1]": { it: "n1" },
    });
  });

  it("of 0 makes none", async () => {
    expect(await read('resource "a_b" "c" { count = 0 }\nresource "a_b" "d" {}')).toEqual({ "a_b.d": {} });
  });

  it("that is not known is an unknown of the graph, with its expression and place", async () => {
    const graph = await graphOfFiles(
      'variable "n" {}\nresource "a_b" "c" {\n  count = var.n\n}\nresource "a_b" "d" {\n  it = a_b.c[0].id\n}',
    );
    expect(plainGraph(graph)).toEqual({
      "a_b.d": { it: "?is one of an unknown number, because count is not known: var.n variable n has no value" },
    });
    expect(graph.unknowns).toMatchObject([
      { expression: "var.n", by: { address: "a_b.c", attribute: "count", line: 3, column: 3 } },
    ]);
    expect(graph.unknowns[0]!.reason).toContain("a_b.c");
  });

  it.each(["-1", "1.5", "null", '"x"', "[1]"])("of %s is a problem, and not known", async (count) => {
    const graph = await graphOfFiles(`resource "a_b" "c" { count = ${count} }`);
    expect(graph.problems).toHaveLength(1);
    expect(graph.unknowns).toHaveLength(1);
  });
});

describe("for_each", () => {
  it.each([
    ['toset(["b", "a"])', { 'a_b.c["a"]': { it: "a a" }, 'a_b.c["b"]': { it: "b b" } }],
    ['{ x = "1", y = "2" }', { 'a_b.c["x"]': { it: "x 1" }, 'a_b.c["y"]': { it: "y 2" } }],
    ["toset([])", {}],
    ["{}", {}],
    ['{ "a.b/\\"c" = 1 }', { 'a_b.c["a.b/\\"c"]': { it: 'a.b/"c 1' } }],
  ])("over %s", async (over, expected) => {
    const text = `resource "a_b" "c" {\n  for_each = ${over}\n  it = "\${each.key} \${each.value}"\n}\nresource "z" "z" {}`;
    expect(await read(text)).toEqual({ ...expected, "z.z": {} });
  });

  it("over a map of which values are not known has all its instances", async () => {
    const text = 'variable "v" {}\nresource "a_b" "c" {\n  for_each = { k = var.v }\n  it = each.value\n}';
    expect(await read(text)).toEqual({ 'a_b.c["k"]': { it: "?variable v has no value" } });
  });

  it("over another resource has its keys", async () => {
    const text =
      'resource "a_b" "c" {\n  for_each = toset(["k"])\n}\nresource "a_b" "d" {\n  for_each = a_b.c\n  it = each.value.id\n}';
    expect(await read(text)).toMatchObject({ 'a_b.d["k"]': { it: '→a_b.c["k"].id' } });
  });

  it.each(['["a"]', 'tolist(["a"])', "toset([1])", "null", '"a"'])("over %s is a problem", async (over) => {
    const graph = await graphOfFiles(`resource "a_b" "c" { for_each = ${over} }`);
    expect(graph.problems).toHaveLength(1);
    expect(graph.unknowns).toMatchObject([{ by: { attribute: "for_each" } }]);
  });
});

describe("dynamic blocks", () => {
  it("stand in the place where they are written, one for each element", async () => {
    const text = `resource "a_b" "c" {
      rule { it = "first" }
      dynamic "rule" {
        for_each = { x = 1, y = 2 }
        content { it = "\${rule.key}\${rule.value}" }
      }
      rule { it = "last" }
    }`;
    expect(await read(text)).toEqual({
      "a_b.c": { rule: [{ it: "first" }, { it: "x1" }, { it: "y2" }, { it: "last" }] },
    });
  });

  it("may name their iterator, and nest", async () => {
    const text = `resource "a_b" "c" {
      dynamic "path_matcher" {
        for_each = [["a", "b"], []]
        iterator = outer
        content {
          name = outer.key
          dynamic "route_rules" {
            for_each = outer.value
            content { it = "\${outer.key}.\${route_rules.key}.\${route_rules.value}" }
          }
        }
      }
    }`;
    expect(await read(text)).toEqual({
      "a_b.c": { path_matcher: [{ name: 0, route_rules: [{ it: "0.0.a" }, { it: "0.1.b" }] }, { name: 1 }] },
    });
  });

  it("over nothing leave nothing", async () => {
    expect(await read('resource "a_b" "c" {\n  dynamic "x" {\n    for_each = []\n    content {}\n  }\n}')).toEqual({
      "a_b.c": {},
    });
  });

  it("over what is not known stand beside the others as an unknown with its place", async () => {
    const graph = await graphOfFiles(
      'variable "v" {}\nresource "a_b" "c" {\n  rule { it = 1 }\n  dynamic "rule" {\n    for_each = var.v\n    content {}\n  }\n}',
    );
    expect(graph.resources.get("a_b.c")!.body.entries.get("rule")).toMatchObject({
      kind: "list",
      items: [{ kind: "object" }, { kind: "unknown", expression: "var.v", by: { line: 4, column: 3 } }],
    });
  });

  it("are read from JSON, as a list beside blocks too", async () => {
    const body = {
      rule: [{ it: "first" }],
      dynamic: { rule: { for_each: "${[1, 2]}", content: { it: "n${rule.value}" } } },
      nested: { dynamic: { in: [{ for_each: ["x"], iterator: "each", content: { it: "${each.value}" } }] } },
    };
    const graph = await graphOfFiles({ "main.tf.json": JSON.stringify({ resource: { a_b: { c: body } } }) });
    expect(plainGraph(graph)["a_b.c"]).toEqual({
      rule: [{ it: "first" }, { it: "n1" }, { it: "n2" }],
      nested: { in: { it: "x" } },
    });
  });
});
