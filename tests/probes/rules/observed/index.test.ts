import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HEADER_RULES, OBSERVED_RULES } from "../../../../probes/rules/observed/index.ts";

const FILES = readdirSync(new URL("../../../../probes/rules/observed/", import.meta.url))
  .filter((file) => file !== "index.ts")
  .map((file) => file.replace(".ts", ""));

describe("the rules on observations", () => {
  it("are exactly the files of the folder", () => {
    expect(OBSERVED_RULES.map(({ id }) => id).sort()).toEqual(FILES.sort());
  });

  it("hold under each way to arrive the rule that is about it", () => {
    expect(Object.entries(HEADER_RULES).filter(([kind, rule]) => rule.arrives !== kind)).toEqual([]);
  });

  for (const rule of OBSERVED_RULES) {
    it(`say for ${rule.id} what, why, what to do and where it is written`, () => {
      expect(rule.title).toMatch(/^[a-z]/);
      expect(rule.because).toMatch(/\.$/);
      expect(rule.fix).toMatch(/\.$/);
      expect(rule.sources).not.toHaveLength(0);
    });
  }
});
