import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generationOf } from "../../stacks/generation.ts";
import { RUNS } from "../support/builders.ts";

const TEMPLATE = { image: "api@sha256:1", env: [{ name: "A", value: "1" }], limits: { cpu: "1", memory: "512Mi" } };

describe("generationOf", () => {
  it("is eight hexadecimal digits", () => {
    expect(generationOf(TEMPLATE)).toMatch(/^[0-9a-f]{8}$/);
  });

  it("stays the same from run to run", () => {
    expect(generationOf({ port: 8000 })).toBe("e53b3d47");
  });

  it("does not depend on the order of keys, at any depth", () => {
    const reversed = { limits: { memory: "512Mi", cpu: "1" }, env: [{ value: "1", name: "A" }], image: "api@sha256:1" };
    expect(generationOf(reversed)).toBe(generationOf(TEMPLATE));
  });

  it("depends on the order of a list", () => {
    expect(generationOf({ args: ["a", "b"] })).not.toBe(generationOf({ args: ["b", "a"] }));
  });

  for (const [what, changed] of [
    ["the image", { ...TEMPLATE, image: "api@sha256:2" }],
    ["a limit", { ...TEMPLATE, limits: { cpu: "2", memory: "512Mi" } }],
    ["an environment variable", { ...TEMPLATE, env: [{ name: "A", value: "2" }] }],
    ["a key that is new", { ...TEMPLATE, port: 8080 }],
  ] as const) {
    it(`changes with ${what}`, () => {
      expect(generationOf(changed)).not.toBe(generationOf(TEMPLATE));
    });
  }

  it("tells a list from a mapping with the same numbers for keys", () => {
    expect(generationOf({ a: ["x"] })).not.toBe(generationOf({ a: { 0: "x" } }));
  });

  it("is the same for two templates with the same JSON, however they were built", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), (template) => {
        const shuffled = Object.fromEntries(Object.entries(template).reverse());
        expect(generationOf(shuffled)).toBe(generationOf(template));
      }),
      { numRuns: RUNS },
    );
  });
});
