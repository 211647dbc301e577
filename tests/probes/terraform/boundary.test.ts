import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Boundary } from "../../../probes/terraform/boundary.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "headgate-test-")));
  for (const path of ["repository/.git", "repository/edge/modules", "repository/common-module", "outside"])
    mkdirSync(join(folder, path), { recursive: true });
  for (const path of ["repository/edge/main.tf", "repository/common-module/main.tf", "outside/secret.tf", "alone.tf"])
    writeFileSync(join(folder, path), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (path: string): string => join(folder, path);
const asked = { by: 'module "x"', at: { file: "main.tf", line: 3, column: 1 } };

describe("the boundary", () => {
  it("is the git root above the source, also where .git is a file", () => {
    expect(Boundary.around(at("repository/edge")).root).toBe(at("repository"));
    expect(Boundary.around(at("repository/edge/main.tf")).root).toBe(at("repository"));
    writeFileSync(at("outside/.git"), "gitdir: elsewhere");
    expect(Boundary.around(at("outside")).root).toBe(at("outside"));
  });

  it("is the source's own folder where no git root is above", () => {
    expect(Boundary.around(at("outside/secret.tf")).root).toBe(at("outside"));
  });

  it("is the folder that was named, which has to hold the source", () => {
    expect(Boundary.around(at("repository/edge"), folder).root).toBe(folder);
    expect(() => Boundary.around(at("outside"), at("repository"))).toThrow(`outside of --root ${at("repository")}`);
    expect(() => Boundary.around(at("outside"), at("alone.tf"))).toThrow("is no folder; --root takes the folder");
    expect(() => Boundary.around(at("outside"), at("nowhere"))).toThrow("cannot be read: ENOENT");
  });
});

describe("inside the boundary", () => {
  it("a path leads to its real path, links resolved", () => {
    symlinkSync(at("repository/common-module"), at("repository/edge/link"));
    const boundary = Boundary.around(at("repository/edge"));
    expect(boundary.enter(at("repository/edge/link/main.tf"))).toBe(at("repository/common-module/main.tf"));
    expect(boundary.enter(at("repository/edge/../common-module"))).toBe(at("repository/common-module"));
  });

  it("a root that is itself a link is the folder behind it", () => {
    symlinkSync(at("repository"), at("link"));
    expect(Boundary.around(at("link/edge"), at("link")).enter(at("repository/edge"))).toBe(at("repository/edge"));
  });

  it.each([
    ["a path with dots", "repository/edge/../../outside/secret.tf"],
    ["an absolute path", "outside"],
    ["what does not exist", "outside/nowhere/at/all"],
    ["a name that only begins the same", "repository-2"],
    ["a link", "repository/edge/link"],
    ["a file below a link", "repository/edge/link/secret.tf"],
  ])("nothing outside is read: %s", (_, path) => {
    mkdirSync(at("repository-2"));
    symlinkSync(at("outside"), at("repository/edge/link"));
    expect(() => Boundary.around(at("repository/edge")).enter(at(path), asked)).toThrow(
      `main.tf:3:1  module "x" asks for ${at(path)}, which is outside of ${at("repository")}, and nothing outside is read; to allow it, name a folder that holds both with --root DIR`,
    );
  });

  it("what is not there is an error where it was asked for", () => {
    const boundary = Boundary.around(at("repository/edge"));
    expect(() => boundary.enter(at("repository/nowhere"), asked)).toThrow(
      `main.tf:3:1  module "x" asks for ${at("repository/nowhere")}, which is not there`,
    );
    expect(() => boundary.enter(at("repository/nowhere"))).toThrow(
      `${at("repository/nowhere")}  no such file or folder`,
    );
  });

  it("a link that leads to itself is an error, and no endless way", () => {
    symlinkSync("loop", at("repository/edge/loop"));
    expect(() => Boundary.around(at("repository/edge")).enter(at("repository/edge/loop"))).toThrow(
      "loop  no such file or folder",
    );
  });
});

describe("a folder's files", () => {
  it("are sorted by their bytes, without subfolders", () => {
    for (const name of ["b.tf", "B.tf", "é.tf", "a.tf"]) writeFileSync(at(`repository/edge/${name}`), "");
    const names = Boundary.around(at("repository/edge")).files(at("repository/edge"));
    expect(names).toEqual(["B.tf", "a.tf", "b.tf", "main.tf", "é.tf"]);
  });

  it("are not looked at beyond 10,000", () => {
    for (let index = 0; index <= 10_000; index += 1) writeFileSync(at(`outside/${index}`), "");
    expect(() => Boundary.around(at("outside")).files(at("outside"), asked)).toThrow(
      "outside holds more than 10000 entries",
    );
  });

  it("are none of a file", () => {
    expect(() => Boundary.around(at("outside")).files(at("outside/secret.tf"), asked)).toThrow(
      /^main\.tf:3:1 {2}.* cannot be read as a folder: ENOTDIR/,
    );
  });
});
