import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { unifiedDiff } from "../../../probes/fix/diff.ts";

const folder = mkdtempSync(join(tmpdir(), "headgate-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "c", "", "  d", "e\r"), { maxLength: 40 }), fc.boolean())
  .map(([lines, feeds]) => lines.join("\n") + (feeds && lines.length > 0 ? "\n" : ""));

describe("a unified diff", () => {
  it("turns one text into the other, by git", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== "" && after !== "");
        const diff = unifiedDiff("main.tf", before, after);
        if (before === after) expect(diff).toBe("");
        if (before === after) return;
        writeFileSync(join(folder, "main.tf"), before);
        execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: folder, input: diff });
        expect(readFileSync(join(folder, "main.tf"), "utf8")).toBe(after);
      }),
      { numRuns: 60 },
    );
  });

  it("tells of no more lines than changed", () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `line ${index}\n`);
    const after = lines.with(2, "two\n").toSpliced(29_990, 1).join("");
    expect(unifiedDiff("a.tf", lines.join(""), after).match(/^[-+][^-+]/gm)).toHaveLength(3);
  });
});
