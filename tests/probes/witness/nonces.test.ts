import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nonceMemory } from "../../../probes/witness/nonces.ts";
import { RUNS } from "../../support/builders.ts";

describe("a memory of nonces", () => {
  it("accepts each once while its signature is good", () => {
    const remember = nonceMemory(10);
    expect(remember("a", 100, 0)).toBe("fresh");
    expect(remember("a", 100, 99)).toBe("used");
    expect(remember("a", 200, 99)).toBe("used");
    expect(remember("b", 100, 99)).toBe("fresh");
    expect(remember("a", 200, 100)).toBe("fresh");
    expect(remember("a", 200, 199)).toBe("used");
  });

  it("is full at its limit, forgets nothing that is good, and takes more when one has run out", () => {
    const remember = nonceMemory(3);
    for (const [nonce, expiresAt] of [
      ["a", 300],
      ["b", 100],
      ["c", 200],
    ] as const)
      expect(remember(nonce, expiresAt, 0)).toBe("fresh");
    expect(remember("d", 1000, 99)).toBe("full");
    for (const nonce of ["a", "b", "c"]) expect(remember(nonce, 1000, 99)).toBe("used");
    expect(remember("d", 1000, 100)).toBe("fresh");
    expect(remember("e", 1000, 199)).toBe("full");
    expect(remember("a", 300, 199)).toBe("used");
  });

  it("answers as an unbounded one would, until it is full of what is good", () => {
    const step = fc.record({ nonce: fc.integer({ min: 0, max: 12 }), lives: fc.nat(40), later: fc.nat(10) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 80 }), (limit, steps) => {
        const remember = nonceMemory(limit);
        const good = new Map<number, number>();
        let now = 0;
        for (const { nonce, lives, later } of steps) {
          now += later;
          for (const [each, expiresAt] of good) if (expiresAt <= now) good.delete(each);
          const expiresAt = now + 1 + lives;
          const expected = good.has(nonce) ? "used" : good.size >= limit ? "full" : "fresh";
          expect(remember(String(nonce), expiresAt, now)).toBe(expected);
          if (expected === "fresh") good.set(nonce, expiresAt);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("is quick when it is full, and when many have run out", () => {
    const remember = nonceMemory(65_536);
    const started = performance.now();
    for (let index = 0; index < 300_000; index++) remember(`${index}`, index + 60_000, index);
    for (let index = 0; index < 100_000; index++) remember(`late ${index}`, 1e9, 300_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
