import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readDirectory } from "../../../../probes/terraform/read-directory.ts";
import { folderOf, graphOfFiles, plainGraph } from "../../../support/terraform-folder.ts";

const LEAF =
  'variable "name" {}\nresource "a_b" "leaf" {\n  name = var.name\n}\noutput "id" { value = a_b.leaf.id }\noutput "name" { value = a_b.leaf.name }\n';

describe("local modules", () => {
  it("are read three deep, with inputs, outputs, and addresses with all their keys", async () => {
    const graph = await graphOfFiles({
      "main.tf": `module "edge" {
        source   = "./modules/edge"
        for_each = { a = "x", b = "y" }
        name     = "\${each.key}-\${each.value}"
      }
      resource "c_d" "e" {
        it  = module.edge["b"].id
        all = values(module.edge)[*].name
      }`,
      "modules/edge/main.tf":
        'variable "name" {}\nmodule "middle" {\n  source = "../middle"\n  count  = 2\n  name   = "${var.name}-${count.index}"\n}\noutput "id" { value = module.middle[1].id }\noutput "name" { value = module.middle[0].name }',
      "modules/middle/main.tf":
        'variable "name" {}\nmodule "leaf" {\n  source = "./leaf"\n  name   = var.name\n}\noutput "id" { value = module.leaf.id }\noutput "name" { value = module.leaf.name }',
      "modules/middle/leaf/main.tf": LEAF,
    });
    const leaf = (edge: string, middle: number): string =>
      `module.edge["${edge}"].module.middle[${middle}].module.leaf.a_b.leaf`;
    expect(plainGraph(graph)).toEqual({
      [leaf("a", 0)]: { name: "a-x-0" },
      [leaf("a", 1)]: { name: "a-x-1" },
      [leaf("b", 0)]: { name: "b-y-0" },
      [leaf("b", 1)]: { name: "b-y-1" },
      "c_d.e": {
        it: `→${leaf("b", 1)}.id`,
        all: [`→${leaf("a", 0)}.name="a-x-0"`, `→${leaf("b", 0)}.name="b-y-0"`],
      },
    });
    expect(graph.problems).toEqual([]);
    expect(graph.resources.get(leaf("a", 0))!.body.by).toMatchObject({ line: 2, column: 1 });
    expect(graph.resources.get(leaf("a", 0))!.body.by.file).toMatch(/modules\/middle\/leaf\/main\.tf$/);
  });

  it("hand references on to the resource of the caller, through inputs", async () => {
    const graph = await graphOfFiles({
      "main.tf": 'resource "a_b" "own" {}\nmodule "m" {\n  source = "./m"\n  name = a_b.own.id\n}',
      "m/main.tf": LEAF,
    });
    expect(plainGraph(graph)["module.m.a_b.leaf"]).toEqual({ name: "→a_b.own.id" });
  });

  it("know their own path, and that of the root", async () => {
    const graph = await graphOfFiles({
      "main.tf": 'module "m" { source = "./in/m" }',
      "in/m/main.tf": 'resource "a_b" "c" { it = "${path.module} ${path.root} ${file("${path.module}/x.txt")}" }',
      "in/m/x.txt": "text",
    });
    expect(plainGraph(graph)).toEqual({ "module.m.a_b.c": { it: "in/m . text" } });
  });

  it("of which there are none make nothing, and neither does an unknown number of them", async () => {
    const files = { "m/main.tf": LEAF };
    const none = await graphOfFiles({
      ...files,
      "main.tf": 'module "m" {\n  source = "./m"\n  count = 0\n  name = 1\n}\nresource "z" "z" {}',
    });
    expect([...none.resources.keys()]).toEqual(["z.z"]);
    const open = await graphOfFiles({
      ...files,
      "main.tf":
        'variable "n" {}\nmodule "m" {\n  source = "./m"\n  count = var.n\n  name = 1\n}\nresource "z" "z" {\n  it = module.m[0].id\n}',
    });
    expect(open.unknowns).toMatchObject([{ expression: "var.n", by: { address: "module.m", attribute: "count" } }]);
    expect(plainGraph(open)["z.z"]).toMatchObject({ it: expect.stringContaining("unknown number") });
  });

  it.each([
    ["name = 1\n  typo = 2", "module.m has no variable typo"],
    ["", "variable name is not given, and has no default"],
  ])("called with %j: %s", async (inputs, reason) => {
    const graph = await graphOfFiles({
      "main.tf": `module "m" {\n  source = "./m"\n  ${inputs}\n}`,
      "m/main.tf": LEAF,
    });
    expect(graph.problems!.map((problem) => problem.reason)).toEqual([reason]);
  });

  it("have no outputs that they do not declare", async () => {
    const graph = await graphOfFiles({
      "main.tf": 'module "m" {\n  source = "./m"\n  name = 1\n}\nresource "c_d" "e" { it = module.m.nope }',
      "m/main.tf": LEAF,
    });
    expect(graph.problems).toMatchObject([{ reason: 'module.m has no attribute "nope"', by: { line: 5, column: 27 } }]);
  });
});

describe("modules that are refused", () => {
  it("call each other in a circle: with the chain", async () => {
    const read = graphOfFiles({
      "main.tf": 'module "a" { source = "./a" }',
      "a/main.tf": 'module "b" { source = "../b" }',
      "b/main.tf": 'module "a" { source = "../a" }',
    });
    await expect(read).rejects.toThrow("modules call each other in a circle: ./a → ../b → ../a");
  });

  it("are nested too deep", async () => {
    const levels = Array.from({ length: 25 }, (_, index) => [
      `${"m/".repeat(index)}main.tf`,
      'module "m" { source = "./m" }',
    ]);
    await expect(graphOfFiles(Object.fromEntries(levels) as Record<string, string>)).rejects.toThrow(
      "modules are nested more than 20 deep",
    );
  });

  it("lie outside of the boundary, also behind a link", async () => {
    const folder = folderOf({ "outside/main.tf": LEAF, "root/main.tf": 'module "m" { source = "../outside" }' });
    await expect(readDirectory(join(folder, "root"), { root: join(folder, "root") })).rejects.toThrow("outside of");
    const linked = folderOf({ "outside/main.tf": LEAF, "root/main.tf": 'module "m" { source = "./linked" }' });
    symlinkSync(join(linked, "outside"), join(linked, "root", "linked"));
    await expect(readDirectory(join(linked, "root"), { root: join(linked, "root") })).rejects.toThrow("outside of");
  });

  it("are not there", async () => {
    await expect(graphOfFiles('module "m" { source = "./nowhere" }')).rejects.toThrow("nowhere");
  });
});

describe("remote modules", () => {
  it.each([
    ["terraform-google-modules/lb-http/google", "registry.terraform.io/terraform-google-modules/lb-http/google"],
    ["app.terraform.io/example/edge/google", "app.terraform.io/example/edge/google"],
    ["git::https://someone:secret@example.com/edge.git?ref=v1", "git::https://example.com/edge.git"],
    ["https://example.com/edge.zip?token=secret", "https://example.com/edge.zip"],
  ])("%s", async (source, shown) => {
    const graph = await graphOfFiles(
      `module "edge" {\n  source = "${source}"\n}\nresource "a_b" "c" { it = module.edge.backend["x"] }`,
    );
    const reason = `module edge comes from ${shown}; remote modules are not read`;
    expect(graph.unknowns).toMatchObject([{ reason, by: { address: "module.edge", line: 2 } }]);
    expect(graph.unknowns[0]).not.toHaveProperty("affects");
    expect(graph.resources.get("a_b.c")!.body.entries.get("it")).toMatchObject({
      kind: "unknown",
      reason,
      expression: 'module.edge.backend["x"]',
    });
    expect(JSON.stringify(graph.unknowns)).not.toContain("secret");
  });

  const REMOTE = 'module "edge" {\n  source = "example/edge/google"\n  name = "n"\n}';
  const installed = (source: string, dir: string): string =>
    JSON.stringify({
      Modules: [
        { Key: "", Source: "", Dir: "." },
        { Key: "edge", Source: source, Dir: dir },
      ],
    });

  it("that terraform init has put beside the configuration are read", async () => {
    const graph = await graphOfFiles({
      "main.tf": REMOTE,
      ".terraform/modules/modules.json": installed(
        "registry.terraform.io/example/edge/google",
        ".terraform/modules/edge",
      ),
      ".terraform/modules/edge/main.tf": LEAF,
    });
    expect(plainGraph(graph)).toEqual({ "module.edge.a_b.leaf": { name: "n" } });
    expect(graph.unknowns).toEqual([]);
  });

  it.each([
    ["another source", installed("registry.terraform.io/other/edge/google", ".terraform/modules/edge")],
    ["a folder outside", installed("registry.terraform.io/example/edge/google", "../outside")],
    ["a folder that is not there", installed("registry.terraform.io/example/edge/google", "nowhere")],
  ])("and has recorded with %s are not", async (_, list) => {
    const folder = folderOf({
      "root/main.tf": REMOTE,
      "root/.terraform/modules/modules.json": list,
      "root/.terraform/modules/edge/main.tf": LEAF,
      "outside/main.tf": LEAF,
    });
    mkdirSync(join(folder, "root", ".git"));
    const graph = await readDirectory(join(folder, "root"));
    expect(graph.unknowns).toHaveLength(1);
  });
});
