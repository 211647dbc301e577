import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadContract } from "../../contract/load.ts";
import { ContractError } from "../../contract/problem.ts";
import { REFERENCE, edit } from "../support/builders.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headgate-load-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function refusal(file: string): string {
  try {
    loadContract(file);
  } catch (error) {
    if (error instanceof ContractError) return error.message;
    throw error;
  }
  throw new Error("the contract was accepted");
}

describe("loadContract", () => {
  it("reads a contract and remembers the file as it was named", () => {
    const file = written("good.yaml", REFERENCE);
    expect(loadContract(file)).toMatchObject({ file, name: "reference" });
  });

  it("parses a text once, and one that was changed again", () => {
    const file = written("twice.yaml", REFERENCE);
    const first = loadContract(file);
    expect(loadContract(file)).toBe(first);
    written("twice.yaml", edit(REFERENCE, "name: reference", "name: another"));
    expect(loadContract(file).name).toBe("another");
  });

  it("reads the contract of the reference system, of two environments", () => {
    expect(Object.keys(loadContract("headgate.yaml").environments)).toEqual(["staging", "production"]);
  });

  it("names a missing file and how to give another", () => {
    const file = join(folder, "missing.yaml");
    expect(refusal(file)).toBe(`${file}:1:1  no such file; name the contract with --contract FILE`);
  });

  it("says why a folder cannot be read", () => {
    expect(refusal(folder)).toBe(`${folder}:1:1  cannot be read (EISDIR)`);
  });

  it("reads a file of two mebibytes", () => {
    const file = written("long.yaml", `${REFERENCE}#${"x".repeat(2_097_152 - Buffer.byteLength(REFERENCE) - 1)}`);
    expect(loadContract(file).name).toBe("reference");
  });

  it("refuses a file of one byte more without parsing it", () => {
    const file = written("longer.yaml", Buffer.alloc(2_097_153, "#"));
    expect(refusal(file)).toBe(`${file}:1:1  is 2097153 bytes; a contract has at most 2097152`);
  });

  it("says every problem, with the file as it was named", () => {
    const text = edit(edit(REFERENCE, "version: 1\n", "version: 2\n"), "port: 8000", "port: 0");
    const file = written("bad.yaml", text);
    expect(refusal(file).split("\n")).toEqual([
      `${file}:3:10  version: is not one of the valid choices`,
      "    value  2",
      "    valid  1",
      `${file}:21:11  services.backend.port: must be at least 1`,
      "    value  0",
    ]);
  });
});
