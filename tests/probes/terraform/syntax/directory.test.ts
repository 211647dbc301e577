import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Boundary } from "../../../../probes/terraform/boundary.ts";
import { readModuleFiles } from "../../../../probes/terraform/syntax/directory.ts";
import type { SourceFile } from "../../../../probes/terraform/syntax/syntax.ts";
import { temporaryFolder } from "../../../support/edge-fixture.ts";

const folders: { remove: () => void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(files);
  folders.push(folder);
  return folder.path;
}

function read(directory: string): SourceFile[] {
  return readModuleFiles(directory, Boundary.around(directory));
}

describe("a module's files", () => {
  it("are those that Terraform loads, override files last", () => {
    const folder = folderWith({
      "z.tf": "",
      "a_override.tf": "",
      "override.tf.json": "{}",
      "a.tf.json": "{}",
      ".hidden.tf": "{",
      "a.tf~": "{",
      "#a.tf#": "{",
      "a.tofu": "{",
      "a.TF": "{",
      "a.tf.bak": "{",
      "a.tfvars": "{",
      "a.tftest.hcl": "{",
      "sub/b.tf": "{",
    });
    mkdirSync(join(folder, "folder.tf"));
    expect(read(folder).map(({ file, isOverride }) => [file, isOverride])).toEqual([
      [join(folder, "a.tf.json"), false],
      [join(folder, "z.tf"), false],
      [join(folder, "a_override.tf"), true],
      [join(folder, "override.tf.json"), true],
    ]);
  });

  it("are none in a folder without any", () => {
    expect(read(folderWith({ "readme.md": "" }))).toEqual([]);
  });

  it("may be linked inside the boundary, and are refused when the link leaves it", () => {
    const outside = folderWith({ "secret.tf": "locals {}\n" });
    const folder = folderWith({ "sub/a.tf": "locals {}\n" });
    symlinkSync("sub/a.tf", join(folder, "a.tf"));
    expect(read(folder).map(({ file }) => file)).toEqual([join(folder, "a.tf")]);
    symlinkSync(join(outside, "secret.tf"), join(folder, "b.tf"));
    expect(() => read(folder)).toThrow(/b\.tf {2}is outside of .* name a folder that holds both with --root DIR/);
  });

  it("are errors as pipes, as links to nothing or to a folder, and with a byte order mark in JSON alone", () => {
    const broken = (make: (folder: string) => void): string => {
      const folder = folderWith({});
      make(folder);
      return folder;
    };
    expect(() => read(broken((folder) => execFileSync("mkfifo", [join(folder, "a.tf")])))).toThrow(
      "not a regular file",
    );
    expect(() => read(broken((folder) => symlinkSync("nowhere", join(folder, "a.tf"))))).toThrow("no such file");
    expect(() => read(broken((folder) => symlinkSync(".", join(folder, "a.tf"))))).toThrow("not a regular file");
    expect(read(folderWith({ "a.tf": "\uFEFFlocals {}\n" }))).toHaveLength(1);
    expect(() => read(folderWith({ "a.tf.json": "\uFEFF{}" }))).toThrow("is not valid JSON");
  });
});
