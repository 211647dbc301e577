import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../../../probes/terraform/configuration-error.ts";
import type { DirectoryOptions } from "../../../../probes/terraform/read-directory.ts";
import { folderOf, graphOfFiles, plainGraph } from "../../../support/terraform-folder.ts";

/** What `it = …` comes to beside these files. */
async function value(
  written: string,
  files: Readonly<Record<string, string>> = {},
  options: DirectoryOptions = {},
): Promise<unknown> {
  const main = `resource "a_b" "c" {\n  it = ${written}\n}\n`;
  const graph = await graphOfFiles({ "main.tf": main, ...files }, options);
  return (plainGraph(graph)["a_b.c"] as { it: unknown }).it;
}

const declared = (type: string, more = ""): Record<string, string> => ({
  "variables.tf": `variable "v" {\n  type = ${type}\n  ${more}\n}\n`,
});

describe("a variable's value", () => {
  it.each([
    ["string", "5", "5"],
    ["number", '"5"', 5],
    ["bool", '"true"', true],
    ["list(string)", "[1, true]", ["1", "true"]],
    ["set(number)", "[2, 1, 2]", [1, 2]],
    ["map(string)", "{ b = 1, a = true }", { a: "true", b: "1" }],
    ["tuple([string, number])", '[1, "2"]', ["1", 2]],
    ["any", "{ a = [1] }", { a: [1] }],
    ["object({ a = string })", "{ a = 1, left_out = 2 }", { a: "1" }],
    ["object({ a = optional(string) })", "{}", { a: null }],
    ['object({ a = optional(string, "x"), b = optional(number, 3) })', "{ a = null }", { a: "x", b: 3 }],
    [
      "map(object({ port = optional(number, 80) }))",
      '{ a = {}, b = { port = "8080" } }',
      { a: { port: 80 }, b: { port: 8080 } },
    ],
    ['object({ in = optional(object({ a = optional(string, "deep") }), {}) })', "{}", { in: { a: "deep" } }],
    ["list(any)", '[1, "a"]', ["1", "a"]],
  ])("of type %s with default %s", async (type, fallback, expected) => {
    expect(await value("var.v", declared(type, `default = ${fallback}`))).toEqual(expected);
  });

  it("is not known where it has none, and says so with the expression", async () => {
    const graph = await graphOfFiles({
      "main.tf": 'resource "a_b" "c" { it = var.domain }',
      "variables.tf": 'variable "domain" { type = string }',
    });
    expect(graph.resources.get("a_b.c")!.body.entries.get("it")).toMatchObject({
      kind: "unknown",
      reason: "variable domain has no value",
      expression: "var.domain",
    });
    expect(graph.problems).toEqual([]);
  });

  it("of another type is a problem, and not known", async () => {
    const graph = await graphOfFiles({
      "main.tf": 'resource "a_b" "c" { it = var.v }',
      ...declared("number", 'default = "x"'),
    });
    expect(graph.problems).toMatchObject([{ found: "validate" }]);
    expect(graph.problems![0]!.reason).toContain("variable v cannot have this value");
    expect(plainGraph(graph)["a_b.c"]).toMatchObject({ it: expect.stringContaining("?cannot be evaluated") });
  });

  it("that may not be null is the default instead", async () => {
    const files = { ...declared("string", 'default = "x"\n  nullable = false'), "terraform.tfvars": "v = null" };
    expect(await value("var.v", files)).toBe("x");
    expect(await value("var.v", { ...declared("string", 'default = "x"'), "terraform.tfvars": "v = null" })).toBeNull();
  });
});

describe("where values come from, each before the next", () => {
  const STEPS: [string, Record<string, string>, DirectoryOptions][] = [
    ["default", {}, {}],
    ["tfvars", { "terraform.tfvars": 'v = "tfvars"' }, {}],
    ["tfvars.json", { "terraform.tfvars.json": '{ "v": "tfvars.json" }' }, {}],
    ["a.auto", { "a.auto.tfvars": 'v = "a.auto"' }, {}],
    ["b.auto", { "b.auto.tfvars.json": '{ "v": "b.auto" }' }, {}],
    ["flag", {}, { vars: ["v=flag"] }],
  ];

  it.each(STEPS.map(([name], index) => [name, index] as const))("%s", async (name, index) => {
    const until = STEPS.slice(0, index + 1);
    const files = Object.assign({}, declared("string", 'default = "default"'), ...until.map(([, file]) => file));
    const options = Object.assign({}, ...until.map(([, , option]) => option)) as DirectoryOptions;
    expect(await value("var.v", files, options)).toBe(name);
  });

  it("a file of the command line, which may lie anywhere", async () => {
    const file = join(folderOf({ "given.tfvars": 'v = "file"' }), "given.tfvars");
    const files = { ...declared("string"), "a.auto.tfvars": 'v = "auto"' };
    expect(await value("var.v", files, { varFiles: [file] })).toBe("file");
    expect(await value("var.v", files, { varFiles: [file], vars: ["v=flag"] })).toBe("flag");
  });

  it("texts of JSON are taken as they are", async () => {
    expect(await value("var.v", { ...declared("string"), "terraform.tfvars.json": '{ "v": "${x}" }' })).toBe("${x}");
  });

  it.each([
    ["string", "v=[1]", "[1]"],
    ["number", "v=5", 5],
    ["list(string)", 'v=["a", 1]', ["a", "1"]],
    ["map(number)", "v={ a = 1 }", { a: 1 }],
    ["any", 'v="x"', "x"],
    ["string", "v=a=b", "a=b"],
  ])("a flag for a %s: %s", async (type, flag, expected) => {
    expect(await value("var.v", declared(type), { vars: [flag] })).toEqual(expected);
  });

  it("a value for what is not declared is taken, with a warning", async () => {
    const graph = await graphOfFiles('resource "a_b" "c" {}', { vars: ["typo=1"] });
    expect(graph.warnings).toEqual(["--var typo gives a value for typo, and there is no such variable"]);
  });

  it.each([
    ["a flag without a name", { vars: ["=x"] }, {}, "NAME=VALUE"],
    ["a flag that is no expression", { vars: ["v=["] }, declared("list(string)"), "--var v"],
    ["a function in a file", {}, { "terraform.tfvars": 'v = upper("x")' }, "Function calls not allowed"],
    ["a name in a file", {}, { "terraform.tfvars": "v = local.x" }, "Variables not allowed"],
    ["a block in a file", {}, { "terraform.tfvars": "v {}" }, "Blocks are not allowed here"],
    ["a file that is no JSON", {}, { "a.auto.tfvars.json": "{" }, "is not valid JSON"],
    ["a file that is not there", { varFiles: ["nowhere.tfvars"] }, {}, "nowhere.tfvars"],
  ] as [string, DirectoryOptions, Record<string, string>, string][])(
    "refuses %s",
    async (_, options, files, message) => {
      const read = value("1", files, options);
      await expect(read).rejects.toThrow(ConfigurationError);
      await expect(read).rejects.toThrow(message);
    },
  );
});

describe("locals", () => {
  it("are evaluated when they are needed, in any order", async () => {
    const files = { "l.tf": 'locals {\n  a = "${local.b}!"\n}\nlocals {\n  b = upper("x")\n}' };
    expect(await value("local.a", files)).toBe("X!");
  });

  it("in a circle are refused with the whole of it", async () => {
    const files = { "l.tf": "locals {\n  a = local.b\n  b = [local.c]\n  c = local.a\n}" };
    await expect(value("local.a", files)).rejects.toThrow("goes in a circle: local.a → local.b → local.c → local.a");
    await expect(value("try(local.a, 1)", files)).rejects.toThrow(ConfigurationError);
  });

  it("that nothing uses are evaluated too", async () => {
    const graph = await graphOfFiles('locals { a = 1 + "x" }\nresource "a_b" "c" {}');
    expect(graph.problems).toMatchObject([{ by: { line: 1, column: 14, address: "local.a" } }]);
  });
});
