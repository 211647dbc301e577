import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readText } from "../../../probes/terraform/files.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "headgate-test-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(bytes: Uint8Array | string): string {
  const file = join(folder, "a.tf");
  writeFileSync(file, bytes);
  return file;
}

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))));

describe("a file's text", () => {
  it("is its UTF-8, a byte order mark kept for whoever reads it", () => {
    expect(readText(fileWith("\uFEFFé😀\r\n"), 100)).toBe("\uFEFFé😀\r\n");
  });

  it.each([
    ["not UTF-8", bytes("é = 1\nb = ", 0xff), "shown.tf:2:5  Invalid character encoding;"],
    ["a cut character", bytes("é", 0xc3), "shown.tf:1:2  Invalid character encoding;"],
    ["UTF-16", bytes(0xff, 0xfe, "a", 0), "shown.tf  is UTF-16; save it as UTF-8"],
    ["NUL", bytes("a\n b", 0), "shown.tf:2:3  holds a NUL byte"],
    ["too long", bytes("x".repeat(101)), "shown.tf  is 101 bytes; at most 100 are read"],
  ])("is refused: %s", (_, content, message) => {
    expect(() => readText(fileWith(content), 100, "shown.tf")).toThrow(message);
  });

  it("is not looked for in what is no regular file, which might never end", () => {
    const pipe = join(folder, "pipe.tf");
    execFileSync("mkfifo", [pipe]);
    expect(() => readText(pipe, 100)).toThrow("is not a regular file");
    expect(() => readText("/dev/zero", 100)).toThrow("is not a regular file");
    mkdirSync(join(folder, "folder.tf"));
    expect(() => readText(join(folder, "folder.tf"), 100)).toThrow("is not a regular file");
  });

  it("is an error where there is none", () => {
    symlinkSync("nowhere", join(folder, "link.tf"));
    expect(() => readText(join(folder, "link.tf"), 100)).toThrow("cannot be read: ENOENT");
  });
});
