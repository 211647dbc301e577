import { describe, expect, it } from "vitest";
import { hclParser } from "../../../../probes/terraform/syntax/hcl.ts";
import { parseJson } from "../../../../probes/terraform/syntax/json.ts";
import { mergeOverrides } from "../../../../probes/terraform/syntax/merge.ts";
import type { Attribute, Block, Body } from "../../../../probes/terraform/syntax/syntax.ts";

function merged(files: Readonly<Record<string, string>>): Body {
  return mergeOverrides(
    Object.entries(files).map(([file, text]) =>
      file.endsWith(".json") ? parseJson(text, file) : hclParser.parse(text, file),
    ),
  );
}

/** Types, labels and values as they are written, in short. */
function shown(item: Attribute | Block): string {
  if (item.kind === "attribute") return `${item.name}=${item.value.text}`;
  return `${[item.type, ...item.labels].join(".")}{${item.body.items.map(shown).join(" ")}}`;
}

const all = (files: Readonly<Record<string, string>>): string[] => merged(files).items.map(shown);

// What is expected here was seen of Terraform 1.11.4, by `terraform validate`, `apply` and `output` on built-in resources.
describe("override files", () => {
  it("replace arguments, and nested blocks of a type as a whole, dynamic ones among them", () => {
    const base =
      'resource "t" "a" {\n  x = 1\n  y = 2\n  r {\n    n = 1\n  }\n  dynamic "r" {\n  for_each = []\n}\n  s {}\n}\n';
    expect(all({ "a.tf": base, "override.tf": 'resource "t" "a" {\n  x = 9\n  z = 3\n  r {}\n}\n' })).toEqual([
      "resource.t.a{y=2 s{} x=9 z=3 r{}}",
    ]);
    expect(
      all({ "a.tf": base, "override.tf": 'resource "t" "a" {\n  dynamic "r" {\n    for_each = [1]\n  }\n}\n' }),
    ).toEqual(["resource.t.a{x=1 y=2 s{} dynamic.r{for_each=[1]}}"]);
    expect(
      all({
        "a.tf": base,
        "override.tf.json": '{"resource":{"t":{"a":{"dynamic":{"r":{"for_each":[2]}},"s":[],"x":null}}}}',
      }),
    ).toEqual(['resource.t.a{y=2 s{} dynamic={"r":{"for_each":[2]}} x=null}']);
  });

  it("leave the other blocks of a `dynamic` in JSON", () => {
    const base = '{"resource":{"t":{"a":{"dynamic":{"r":{},"q":{}}}}}}';
    const [block] = merged({ "a.tf.json": base, "override.tf": 'resource "t" "a" {\n  r {}\n}\n' }).items as Block[];
    const [dynamic] = block!.body.items as Attribute[];
    expect(dynamic!.value).toMatchObject({ kind: "object", entries: [{ key: { value: "q" } }] });
  });

  it("in JSON leave a block for `[]` and `null`, and say so where it may be an argument", () => {
    const base = (value: unknown): string => JSON.stringify({ resource: { t: { a: { b: value } } } });
    const b = (was: unknown, is: unknown): string => all({ "a.tf.json": base(was), "override.tf.json": base(is) })[0]!;
    expect(b([{ x: 1 }], [])).toBe('resource.t.a{b=[{"x":1}]}');
    expect(b([{ x: 1 }], null)).toBe('resource.t.a{b=[{"x":1}]}');
    expect(b({ x: 1 }, [])).toBe('resource.t.a{b={"x":1}}');
    expect(b(["x"], [])).toBe("resource.t.a{b=[]}");
    expect(b("x", null)).toBe("resource.t.a{b=null}");
    expect(() => b({ x: 1 }, null)).toThrow("override.tf.json:1:24  null replaces b at a.tf.json:1:24 if that is an");
  });

  it("come one after the other, the last one winning", () => {
    const item = (value: number): string => `resource "t" "a" {\n  x = ${value}\n}\n`;
    expect(all({ "a.tf": item(1), "a_override.tf": item(2), "override.tf": item(3) })).toEqual(["resource.t.a{x=3}"]);
  });

  it("merge lifecycle by argument, in HCL and in JSON", () => {
    const base = 'resource "t" "a" {\n  lifecycle {\n    create_before_destroy = true\n    precondition {}\n  }\n}\n';
    const text = '{"resource":{"t":{"a":{"lifecycle":[{"prevent_destroy":true}]}}}}';
    expect(all({ "a.tf": base, "override.tf.json": text })).toEqual([
      "resource.t.a{lifecycle{create_before_destroy=true precondition{} prevent_destroy=true}}",
    ]);
    expect(all({ "a.tf": base, "override.tf": 'resource "t" "a" {\n  x = 1\n}\n' })).toEqual([
      "resource.t.a{x=1 lifecycle{create_before_destroy=true precondition{}}}",
    ]);
  });

  it("merge locals by name, whichever block they stand in", () => {
    expect(
      all({ "a.tf": "locals {\n  a = 1\n}\nlocals {\n  b = 2\n}\n", "override.tf": "locals {\n  b = 5\n  a = 4\n}\n" }),
    ).toEqual(["locals{a=4}", "locals{b=5}"]);
  });

  it("merge required providers by name, and let a backend and `cloud` replace each other", () => {
    const base =
      'terraform {\n  required_version = "> 1"\n  required_providers {\n    a = 1\n    b = 2\n  }\n  backend "x" {}\n}\n';
    const over = 'terraform {\n  required_version = "> 2"\n  required_providers {\n    b = 3\n  }\n  cloud {}\n}\n';
    expect(all({ "a.tf": base, "override.tf": over })).toEqual([
      "terraform{required_providers{a=1}}",
      'terraform{required_version="> 2" required_providers{b=3} cloud{}}',
    ]);
  });

  it("may configure a provider that is not configured, but not under an alias", () => {
    expect(all({ "override.tf": 'provider "google" {\n  region = "x"\n}\n' })).toEqual(['provider.google{region="x"}']);
    expect(() => all({ "override.tf": 'provider "google" {\n  alias = "x"\n}\n' })).toThrow(
      "override.tf:1:1  Missing base provider google.x to override",
    );
  });

  it("tell providers apart by alias", () => {
    const base = 'provider "google" {\n  a = 1\n}\nprovider "google" {\n  alias = "x"\n  a = 2\n}\n';
    expect(all({ "a.tf": base, "override.tf": 'provider "google" {\n  alias = "x"\n  a = 3\n}\n' })).toEqual([
      "provider.google{a=1}",
      'provider.google{alias="x" a=3}',
    ]);
  });

  it("give in to a count where the base has one", () => {
    const over = 'resource "t" "a" {\n  for_each = {}\n}\n';
    expect(all({ "a.tf": 'resource "t" "a" {\n  count = 2\n}\n', "override.tf": over })).toEqual([
      "resource.t.a{count=2}",
    ]);
  });

  it.each([
    ['resource "t" "b" {}\n', "override.tf:1:1  Missing base resource t.b to override"],
    ["locals {\n  b = 1\n}\n", "override.tf:2:3  Missing base local b to override"],
    ['variable "b" {}\n', "override.tf:1:1  Missing base variable b to override"],
    ['output "b" {}\n', "override.tf:1:1  Missing base output b to override"],
    ['module "b" {}\n', "override.tf:1:1  Missing base module b to override"],
    ['resource "t" "a" {\n  depends_on = []\n}\n', "override.tf:2:3  Unsupported override; depends_on cannot"],
    [
      'resource "t" "a" {\n  lifecycle {\n    precondition {}\n  }\n}\n',
      "override.tf:3:5  Unsupported override; precondition",
    ],
    ['variable "a" {\n  validation {}\n}\n', "override.tf:2:3  Unsupported override; validation cannot"],
    ["moved {}\n", "override.tf:1:1  Cannot override 'moved' blocks"],
    ['check "a" {}\n', "override.tf:1:1  Cannot override 'check' blocks"],
  ])("cannot: %j", (text, message) => {
    const base = 'resource "t" "a" {}\nvariable "a" {}\nlocals {\n  a = 1\n}\n';
    expect(() => all({ "a.tf": base, "override.tf": text })).toThrow(message);
  });
});

describe("a module's declarations", () => {
  it("stand in the order of its files, comments with them", () => {
    const { items, comments } = merged({ "a.tf": '# x\nvariable "b" {}\n', "b.tf": 'variable "a" {}\n# y\n' });
    expect(items.map(shown)).toEqual(["variable.b{}", "variable.a{}"]);
    expect(comments!.map(({ text, at }) => [text, at.file])).toEqual([
      ["x", "a.tf"],
      ["y", "b.tf"],
    ]);
  });

  it.each([
    ['resource "t" "a" {}', "resource t.a"],
    ['data "t" "a" {}', "data t.a"],
    ['module "a" {}', "module a"],
    ['variable "a" {}', "variable a"],
    ['output "a" {}', "output a"],
    ['provider "a" {}', "provider a"],
    ["locals {\n  a = 1\n}", "local a"],
    ["terraform {\n  required_providers {}\n}", "required_providers"],
  ])("are refused twice, with both places: %j", (text, what) => {
    const at = text.includes("\n") ? "2:3" : "1:1";
    expect(() => merged({ "a.tf": `${text}\n`, "b.tf": `${text}\n` })).toThrow(
      `b.tf:${at}  ${what} is declared twice; it was declared first at a.tf:${at}`,
    );
  });

  it("are told apart by what they are", () => {
    const text =
      'resource "t" "a" {}\ndata "t" "a" {}\nresource "t" "b" {}\nmodule "a" {}\nprovider "t" {}\nprovider "t" {\n  alias = "x"\n}\n';
    expect(merged({ "a.tf": text }).items).toHaveLength(6);
  });

  it.each([
    ["a = 1", 'a.tf:1:1  Unsupported argument; An argument named "a" is not expected here.'],
    ['resource "a" {}', "a.tf:1:1  Missing name for resource; All resource blocks must have 2 labels (type, name)."],
    ["resource {}", "a.tf:1:1  Missing type for resource;"],
    ['locals "a" {}', "a.tf:1:1  Extraneous label for locals;"],
    ['variable "a b" {}', "a.tf:1:1  Invalid name of variable a b;"],
    ['module "1a" {}', "a.tf:1:1  Invalid name of module 1a;"],
    ["locals {\n  x {}\n}", 'a.tf:2:3  Unexpected "x" block; Blocks are not allowed here.'],
  ])("are refused as Terraform does: %j", (text, message) => {
    expect(() => merged({ "a.tf": `${text}\n` })).toThrow(message);
  });

  it("may be of a type that only a newer Terraform knows", () => {
    expect(
      merged({ "a.tf": 'novelty "a" {}\nvariable "é" {}\n', "b.tf.json": '{"novelty":{"b":{}}}' }).items,
    ).toHaveLength(3);
  });
});
