import { describe, expect, it } from "vitest";
import { asString, asTemplate, attribute, PLACEHOLDER } from "../../../../probes/terraform/graph.ts";
import type { Value } from "../../../../probes/terraform/graph.ts";
import { graphOfFiles, plain } from "../../../support/terraform-folder.ts";

const OTHERS = `
variable "open" {}
data "a_project" "p" {}
resource "a_b" "one" {
  name   = "first"
  labels = { team = "x" }
  closed = var.open
  nested {
    deep { it = "d" }
  }
}
resource "a_b" "many" {
  count = 2
  name  = "m\${count.index}"
}
resource "a_b" "each" {
  for_each = { x = 1, y = 2 }
  name     = "e\${each.key}"
}`;

async function valueOf(expression: string): Promise<Value> {
  const graph = await graphOfFiles(`${OTHERS}\nresource "c_d" "e" {\n  it = ${expression}\n}`);
  expect(graph.problems).toEqual([]);
  return attribute(graph.resources.get("c_d.e")!.body, "it")!;
}

describe("references", () => {
  it.each([
    ["a_b.one.id", "→a_b.one.id"],
    ["a_b.one.name", '→a_b.one.name="first"'],
    ["a_b.one.closed", '→a_b.one.closed="?variable open has no value"'],
    ["a_b.one.labels.team", '→a_b.one.labels.team="x"'],
    ["a_b.one.status[0].url", "→a_b.one.status[0].url"],
    ["a_b.one.nested[0].deep[0].it", '→a_b.one.nested[0].deep[0].it="d"'],
    ["a_b.one.nested[0].computed", "→a_b.one.nested[0].computed"],
    ["a_b.many[1].id", "→a_b.many[1].id"],
    ["a_b.many[*].id", ["→a_b.many[0].id", "→a_b.many[1].id"]],
    ["a_b.many.*.name", ['→a_b.many[0].name="m0"', '→a_b.many[1].name="m1"']],
    ['a_b.each["y"].self_link', '→a_b.each["y"].self_link'],
    ["values(a_b.each)[*].id", ['→a_b.each["x"].id', '→a_b.each["y"].id']],
    ["[for one in a_b.each : one.id]", ['→a_b.each["x"].id', '→a_b.each["y"].id']],
    ["{ for k, v in a_b.each : k => v.id }", { x: '→a_b.each["x"].id', y: '→a_b.each["y"].id' }],
    ["keys(a_b.each)", ["x", "y"]],
    ["length(a_b.many)", 2],
    ["one(a_b.one[*].id)", "→a_b.one.id"],
    ["try(a_b.many[5].id, a_b.one.id)", "→a_b.one.id"],
    ['element([a_b.one.id, "x"], 0)', "→a_b.one.id"],
    ["coalesce(a_b.one.id, null)", "→a_b.one.id"],
    ["false ? null : a_b.one.id", "→a_b.one.id"],
    ['true ? a_b.one.id : ""', "→a_b.one.id"],
    ["[a_b.one]", ["→a_b.one"]],
  ])("%s", async (written, expected) => {
    expect(plain(await valueOf(written))).toEqual(expected);
  });

  it.each([
    ['"${a_b.one.name}-x"', "first-x"],
    ["upper(a_b.one.name)", "FIRST"],
    ['"v ${a_b.one.id}!"', "v {→a_b.one.id}!"],
    ['"${a_b.one.name}/${var.open}"', "first/{?variable open has no value}"],
    ['join(",", [a_b.one.id, "b"])', "{→a_b.one.id},b"],
    [
      'format("%s:%s", a_b.one.name, data.a_project.p.number)',
      "first:{?is read by a data source when Terraform plans}",
    ],
  ])("inside a text: %s", async (written, expected) => {
    expect(plain(await valueOf(written))).toBe(expected);
  });

  it.each([
    ["upper(a_b.one.id)", "is known after apply", "a_b.one.id"],
    ["data.a_project.p.number", "is read by a data source when Terraform plans", "data.a_project.p.number"],
    ["data.a_project.p[0].labels.x", "is read by a data source when Terraform plans", "data.a_project.p[0].labels.x"],
    ["jsonencode([var.open])", "variable open has no value", "var.open"],
  ])("what is computed from it is not known: %s", async (written, reason, expression) => {
    expect(await valueOf(written)).toMatchObject({ kind: "unknown", reason, expression });
  });

  it("are texts and templates for those who read the graph", async () => {
    expect(asString(await valueOf("a_b.one.name"))).toMatchObject({ kind: "known", value: "first" });
    expect(asTemplate(await valueOf("a_b.one.id"))).toMatchObject({ value: PLACEHOLDER });
    expect(asTemplate(await valueOf("a_b.one.closed"))).toMatchObject({ value: PLACEHOLDER });
    expect(asTemplate(await valueOf('"x ${a_b.one.id}"'))).toMatchObject({ value: `x ${PLACEHOLDER}` });
  });

  it("keep the values between which a condition chooses, and lose them in what is computed from those", async () => {
    const kept = async (written: string): Promise<unknown> => {
      const value = await valueOf(written);
      return value.kind === "unknown" ? value.candidates?.map(plain) : undefined;
    };
    expect(await kept('var.open ? null : ["a"]')).toEqual([null, ["a"]]);
    expect(await kept('var.open ? (var.open ? "a" : "b") : "c"')).toEqual(["a", "b", "c"]);
    expect(await kept('concat(var.open ? [] : ["a"], ["b"])')).toBeUndefined();
    expect(await kept("(var.open ? {} : { x = 1 }).x")).toBeUndefined();
    expect(await kept("var.open ? a_b.one.id : null")).toBeUndefined();
  });

  it("in a circle are refused", async () => {
    const circle = 'resource "a" "x" { it = a.y.it }\nresource "a" "y" { it = "${a.x.it}" }';
    await expect(graphOfFiles(circle)).rejects.toThrow("goes in a circle: a.y.it → a.x.it → a.y.it");
  });
});

describe("data sources", () => {
  const COUNTED = 'data "a_b" "none" { count = 0 }\ndata "a_b" "keyed" { for_each = toset(["x"]) }\n';
  const countedValue = async (written: string): Promise<Value> => {
    const graph = await graphOfFiles(`${COUNTED}resource "c_d" "e" {\n  it = ${written}\n}`);
    return attribute(graph.resources.get("c_d.e")!.body, "it")!;
  };

  it.each([
    ['try(data.a_b.none[0].name, "other")', "other"],
    ['length(data.a_b.none) == 0 ? "none" : "some"', "none"],
    ['one(data.a_b.none[*].name) == null ? "none" : "some"', "none"],
    ['try(data.a_b.keyed["y"].name, "other")', "other"],
    ['data.a_b.keyed["x"].name', "?is read by a data source when Terraform plans"],
    ["keys(data.a_b.keyed)", ["x"]],
  ])("are as many as is written: %s", async (written, expected) => {
    expect(plain(await countedValue(written))).toEqual(expected);
  });
});

describe("what is not known", () => {
  it.each([
    ['var.open ? "same" : "same"', "same"],
    ['var.open ? "a" : "b"', "?hangs on a condition: variable open has no value"],
    [
      'data.a_project.p.number == "1" ? 1 : 2',
      "?hangs on a condition: data.a_project.p.number is read by a data source when Terraform plans",
    ],
    ['upper(var.open ? "a" : "b")', "?hangs on a condition: variable open has no value"],
    ["[1, var.open, 3]", [1, "?variable open has no value", 3]],
    ["length([1, var.open])", 2],
    ["length(var.open)", "?variable open has no value"],
    ["merge({ a = 1 }, var.open)", "?variable open has no value"],
    ["concat([1], var.open)", "?variable open has no value"],
    ["concat([1], [var.open])", [1, "?variable open has no value"]],
    ["[for x in var.open : x]", "?variable open has no value"],
    ["[for x in [1, 2] : x if var.open]", "?variable open has no value"],
    ["false && var.open", false],
    ["var.open || true", true],
    ["toset([var.open])", "?variable open has no value"],
    ["{ (var.open) = 1 }", "?variable open has no value"],
    ["{ a = var.open }.a", "?variable open has no value"],
    ["timestamp()", "?is the time when Terraform applies"],
    ['provider::google::region_from_id("x")', "?calls provider::google::region_from_id, a function of a provider"],
    ["self.id", "?is known to provisioners alone, when Terraform applies"],
    ['"%{ if var.open }a%{ else }b%{ endif }"', "{?variable open has no value}"],
    ["path.module", "."],
    ["terraform.workspace", "default"],
  ])("%s", async (written, expected) => {
    expect(plain(await valueOf(written))).toEqual(expected);
  });
});
