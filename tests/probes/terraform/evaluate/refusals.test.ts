import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../../../probes/terraform/configuration-error.ts";
import { shown, valueOf } from "../../../support/evaluate.ts";
import { graphOfFiles, plainGraph } from "../../../support/terraform-folder.ts";

describe("what terraform validate would refuse is a problem with its place, and reading goes on", () => {
  it.each([
    ["var.nope", "there is no variable nope", "?variable nope is not declared"],
    ["local.nope", "there is no local.nope", "?refers to local.nope, which is not declared"],
    ["module.nope.x", "there is no module.nope", "?refers to module.nope, which is not declared"],
    ["data.a_b.nope.x", "there is no data.a_b.nope", "?is read by a data source when Terraform plans"],
    ["a_b.nope.id", "there is no a_b.nope", "→a_b.nope.id"],
    ["nonsense(1)", "there is no function named nonsense", "?calls nonsense, which is no function that is known"],
    ["each.key", "each stands outside of what for_each repeats", "?refers to each, which has no meaning here"],
    [
      "bare",
      "bare is no reference: a reference has at least a type and a name",
      "?refers to bare, which has no meaning here",
    ],
    [
      '1 + "x"',
      "unsuitable value for an operand: a number is required",
      expect.stringContaining("?cannot be evaluated"),
    ],
    ["[1][3]", "there is no element 3: the collection has 1", expect.stringContaining("?cannot be evaluated")],
  ])("%s", async (written, reason, value) => {
    const graph = await graphOfFiles(`resource "x_y" "z" {\n  it = ${written}\n  more = 1\n}`);
    expect(graph.problems).toMatchObject([{ found: "validate", reason, by: { address: "x_y.z", line: 2 } }]);
    expect(plainGraph(graph)["x_y.z"]).toEqual({ it: value, more: 1 });
  });

  it("a problem that many instances share is said once", async () => {
    const graph = await graphOfFiles('resource "x_y" "z" {\n  count = 5\n  it = var.nope\n}');
    expect(graph.problems).toHaveLength(1);
  });
});

describe("more than is evaluated", () => {
  it.each([
    ["instances", 'resource "a" "b" { count = 10001 }', "makes more than 10000 instances"],
    [
      "instances in all",
      'resource "a" "b" { count = 6000 }\nresource "a" "c" { count = 6000 }',
      "makes more than 10000 instances",
    ],
    ["a count beyond counting", 'resource "a" "b" { count = 1e12 }', "makes more than"],
    [
      "locals through locals",
      `locals {\n${Array.from({ length: 900 }, (_, i) => `a${i} = local.a${i + 1}`).join("\n")}\na900 = 1\n}\nresource "a" "b" { it = local.a0 }`,
      "goes through more than 400 expressions",
    ],
    [
      "a text that doubles",
      `locals {\na0 = "0123456789abcdef"\n${Array.from({ length: 24 }, (_, i) => `a${i + 1} = "\${local.a${i}}\${local.a${i}}"`).join("\n")}\n}\nresource "a" "b" { it = local.a24 }`,
      "grows beyond",
    ],
    ["products of sets", 'resource "a" "b" { it = setproduct(range(1000), range(1000), range(1000)) }', "items"],
    [
      "loops in loops",
      'resource "a" "b" { it = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]] }',
      "makes more than 5000000",
    ],
  ])("%s is refused", async (_, text, message) => {
    const read = graphOfFiles(text);
    await expect(read).rejects.toThrow(ConfigurationError);
    await expect(read).rejects.toThrow(message);
  });

  it("an alias bomb is refused", () => {
    const lines = ["a0: &a0 [x, x]", ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)];
    expect(shown(`yamldecode(${JSON.stringify(lines.join("\n"))})`)).toBe("ERROR");
  });

  it.each([
    ["(a+)+$", 40],
    ["(a|a)*$", 40],
    ["(a?){30}b", 40],
    [`${"a?".repeat(30)}b`, 40],
    ["a*a*a*a*a*b", 3000],
    ["([a-z]+)*!", 40],
  ])("a pattern that may take for ever is not known: %s", (pattern, length) => {
    const start = performance.now();
    expect(shown(`regex("${pattern}", "${"a".repeat(length)}")`)).toContain("unknown: uses the pattern");
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it.each(["(?=a)", "\\\\1", "(?i:a)b", "[[:^alpha:]]"])(
    "a pattern that this engine does not have is not known: %s",
    (pattern) => {
      expect(shown(`regex("${pattern}", "ab")`)).toMatch(/^unknown: uses the pattern/);
    },
  );
});

describe("functions of what is not known", () => {
  it.each([
    ["upper(open.x)", "is not known"],
    ["length([open.x])", "1"],
    ["keys({ a = open.x })", '["a"]'],
    ['lookup({ a = 1, b = open.x }, "a")', "1"],
    ["element([1, open.x], 0)", "1"],
    ["contains([1, open.x], 1)", "true"],
    ["contains([1, open.x], 2)", "is not known"],
    ["sort([open.x])", "is not known"],
    ["coalesce(open.x, 1)", "is not known"],
    ["try(open.x, 1)", "is not known"],
    ["can(open.x)", "is not known"],
    ['bcrypt("x")', "differs with every run"],
    ["uuid()", "differs with every run"],
    ['base64gzip("x")', "is compressed"],
    ['pathexpand("~/x")', "home folder"],
  ])("%s", (expression, value) => {
    expect(shown(expression)).toContain(value);
  });

  it("a text keeps what is known of it", () => {
    expect(valueOf('format("a %s c", open.x)')).toMatchObject({
      kind: "template",
      parts: ["a ", { kind: "unknown", expression: "open.x" }, " c"],
    });
  });
});
