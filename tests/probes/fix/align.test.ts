import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { aligned } from "../../../probes/fix/align.ts";

const files = execFileSync("git", ["ls-files", "tests/corpus/*.tf"], { encoding: "utf8" }).trim().split("\n");
const formatted = (text: string): string | undefined => {
  const run = spawnSync("terraform", ["fmt", "-"], { input: text, encoding: "utf8" });
  return run.status === 0 ? run.stdout : undefined;
};

describe("aligning", () => {
  it("does what terraform fmt does", () => {
    const sample = files.filter((_, index) => index % 4 === 0);
    let compared = 0;
    for (const file of sample) {
      const right = formatted(readFileSync(file, "utf8"));
      if (right === undefined) continue;
      compared += 1;
      const shifted = right.replace(/^(\s*\w+) += (?!=)/gm, "$1 = ").replace(/(\S) +(#.*)$/gm, "$1 $2");
      expect(aligned(right), file).toBe(right);
      expect(aligned(shifted), file).toBe(formatted(shifted));
    }
    expect(compared).toBeGreaterThan(10);
  });
});
