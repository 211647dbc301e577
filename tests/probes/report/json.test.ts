import fc from "fast-check";
import { expect, it } from "vitest";
import { harmlessJson, renderJson } from "../../../probes/report/json.ts";
import { resultOf } from "../../support/builders.ts";
import { EVIL, isPrintedRaw } from "../../support/hostile-witness.ts";

it("is the same JSON, with nothing in it that a terminal obeys", () => {
  const value = { [EVIL]: [EVIL, "große 頭部 → ok…"], n: 1 };
  const json = harmlessJson(JSON.stringify(value, null, 2));
  expect(isPrintedRaw(json)).toBe(false);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).toContain("große 頭部 → ok…");
});

it("is so for any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const json = harmlessJson(JSON.stringify([text]));
      expect(isPrintedRaw(json)).toBe(false);
      expect(JSON.parse(json)).toEqual([text]);
    }),
  );
});

it("holds for a result whose service has a name of escapes", () => {
  const result = resultOf();
  const cells = result.cells.map((cell) => ({ ...cell, reason: EVIL, path: EVIL }));
  const json = renderJson({ ...result, cells });
  expect(isPrintedRaw(json)).toBe(false);
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ ...result, cells })));
});
