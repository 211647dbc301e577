import { createHash } from "node:crypto";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readDirectory } from "../../../../probes/terraform/read-directory.ts";
import { folderOf, plainGraph } from "../../../support/terraform-folder.ts";

const FILES = {
  "text.txt": "hello\n",
  "data/a.json": '{ "n": 1 }',
  "data/deep/b.json": "{}",
  "data/deep/c.txt": "c",
  "hi.tftpl": "Hi ${name}%{ for x in list } <${x}>%{ endfor }!",
  "bad.tftpl": "Hi ${missing}",
};

async function value(written: string, more: (folder: string) => void = () => undefined) {
  const folder = folderOf({ ...FILES, "main.tf": `resource "a_b" "c" {\n  it = ${written}\n}` });
  more(folder);
  const graph = await readDirectory(folder, { root: folder });
  return { value: (plainGraph(graph)["a_b.c"] as { it: unknown }).it, graph };
}

describe("functions of files", () => {
  it.each([
    ['file("text.txt")', "hello\n"],
    ['file("${path.module}/text.txt")', "hello\n"],
    ['jsondecode(file("data/a.json")).n', 1],
    ['fileexists("text.txt")', true],
    ['fileexists("nowhere.txt")', false],
    ['filebase64("text.txt")', "aGVsbG8K"],
    ['filesha256("text.txt")', createHash("sha256").update("hello\n").digest("hex")],
    ['filemd5("text.txt")', createHash("md5").update("hello\n").digest("hex")],
    ['fileset("data", "*.json")', ["a.json"]],
    ['fileset("data", "**/*.json")', ["a.json", "deep/b.json"]],
    ['fileset(".", "./data/**")', ["data/a.json", "data/deep/b.json", "data/deep/c.txt"]],
    ['fileset("data", "deep/{b,c}.*")', ["deep/b.json", "deep/c.txt"]],
    ['fileset("data", "**")', ["a.json", "deep/b.json", "deep/c.txt"]],
    ['templatefile("hi.tftpl", { name = "you", list = [1, 2] })', "Hi you <1> <2>!"],
    ['templatestring(local.t, { name = "you" })', "t you"],
  ])("%s", async (written, expected) => {
    const withLocal = (folder: string): void => writeFileSync(join(folder, "l.tf"), 'locals { t = "t $${name}" }\n');
    expect((await value(written, withLocal)).value).toEqual(expected);
  });

  it.each([
    ['file("nowhere.txt")', "no file exists"],
    ['file("data")', "is not a regular file"],
    ['file("/etc/hostname")', "outside of the folder that is read"],
    ['file("../../../../../etc/hostname")', "outside of the folder that is read"],
    ['file("link")', "outside of the folder that is read"],
    ['fileexists("/etc/nowhere-at-all")', "outside of the folder that is read"],
    ['fileset("..", "*")', "outside of the folder that is read"],
    ['templatefile("bad.tftpl", {})', "which it is not given"],
    ['templatefile("hi.tftpl", { name = "x" })', "which it is not given"],
  ])("%s is a problem", async (written, reason) => {
    const { value: found, graph } = await value(written, (folder) =>
      symlinkSync("/etc/hostname", join(folder, "link")),
    );
    expect(found).toContain("?cannot be evaluated");
    expect(graph.problems!.map((problem) => problem.reason).join()).toContain(reason);
  });

  it("count for the digest, and where the folder lies does not", async () => {
    const digest = async (text: string): Promise<string> => {
      const write = (folder: string): void => writeFileSync(join(folder, "text.txt"), text);
      return (await value('file("text.txt")', write)).graph.digest;
    };
    expect(await digest("one")).toBe(await digest("one"));
    expect(await digest("one")).not.toBe(await digest("two"));
  });
});

describe("what stands beside the configuration", () => {
  const read = (files: Record<string, string>) => {
    const folder = folderOf({ "main.tf": 'resource "a_b" "c" { it = terraform.workspace }', ...files });
    return readDirectory(folder, { root: folder });
  };

  it("the chosen workspace", async () => {
    expect(plainGraph(await read({ ".terraform/environment": "production\n" }))).toEqual({
      "a_b.c": { it: "production" },
    });
  });

  it("the chosen workspace, or the one that is named, is what a graph rests on where it is read", async () => {
    const bound = async (text: string, workspace?: string): Promise<string | undefined> => {
      const folder = folderOf({ "main.tf": text });
      const { basis } = await readDirectory(folder, { root: folder, ...(workspace !== undefined && { workspace }) });
      return basis!.variables["terraform.workspace"];
    };
    const reads = 'resource "a_b" "c" { it = terraform.workspace }';
    expect(await bound(reads)).toBe(createHash("sha256").update('"default"').digest("hex"));
    expect(await bound(reads, "other")).toBe(createHash("sha256").update('"other"').digest("hex"));
    expect(await bound('resource "a_b" "c" {}')).toBeUndefined();
    // The gate compares it with the receipt, and makes nothing of it.
    const gate = "locals { headgate_variables = { a = terraform.workspace } }";
    expect(await bound(`resource "a_b" "c" {}\n${gate}`)).toBeUndefined();
  });

  it("providers with their constraints, and with the version that was chosen", async () => {
    const settings = {
      "p.tf":
        'terraform {\n  required_providers {\n    google = { source = "hashicorp/google", version = "~> 6.0" }\n    other = "1.0"\n  }\n}',
    };
    const asked = (await read(settings)).providers!;
    expect(Object.fromEntries([...asked].map(([name, { value }]) => [name, value]))).toEqual({
      google: "~> 6.0",
      other: "1.0",
    });
    expect(asked.get("google")!.by).toMatchObject({ address: "provider.google", line: 3, column: 55 });
    const lock =
      'provider "registry.terraform.io/hashicorp/google" {\n  version = "6.50.0"\n  constraints = "~> 6.0"\n}';
    const chosen = (await read({ ...settings, ".terraform.lock.hcl": lock })).providers!;
    expect(chosen.get("google")).toMatchObject({ value: "6.50.0", by: { line: 2, column: 13 } });
    expect(chosen.get("google")!.by.file).toMatch(/\.terraform\.lock\.hcl$/);
  });

  it("a folder without a resource proves nothing", async () => {
    await expect(read({ "main.tf": "locals {}" })).rejects.toThrow("holds no resource");
  });

  it("a kind of block that is not known may make resources", async () => {
    const graph = await read({ "x.tf": 'stack "new" {}' });
    expect(graph.unknowns).toMatchObject([
      { reason: "may create resources and is not read", by: { address: "stack" } },
    ]);
  });
});
