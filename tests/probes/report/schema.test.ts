import { describe, expect, it } from "vitest";
import { renderJson } from "../../../probes/report/json.ts";
import { reportSchema } from "../../../probes/report/schema.ts";
import { resultOf } from "../../support/builders.ts";

describe("reportSchema", () => {
  it("accepts what renderJson writes, and reads the same result back", () => {
    const result = resultOf();
    expect(reportSchema.parse(JSON.parse(renderJson(result)))).toEqual(result);
  });

  for (const [what, more] of [
    ["a key that is not published", { extra: 1 }],
    ["another schema", { schema: "headgate-report/2" }],
    ["an exit code outside the closed set", { exitCode: 5 }],
    ["a verdict outside the closed set", { verdict: "fine" }],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(reportSchema.safeParse({ ...resultOf(), ...more }).success).toBe(false);
    });
  }

  it("refuses a value in place of a fingerprint", () => {
    const result = resultOf();
    const cells = result.cells.map((cell) => ({ ...cell, sent: [{ hash: "Bearer t", bytes: 8 }] }));
    expect(reportSchema.safeParse({ ...result, cells }).success).toBe(false);
  });
});

describe("renderJson", () => {
  it("ends with a line feed", () => {
    expect(renderJson(resultOf())).toMatch(/\}\n$/);
  });
});
