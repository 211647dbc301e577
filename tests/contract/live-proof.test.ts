import { describe, expect, it } from "vitest";
import { liveProof, proofOf, proofRefusal, proofStatement } from "../../contract/live-proof.ts";
import type { LiveProof, ProofKeys } from "../../contract/live-proof.ts";
import { HASH, keyPair } from "../support/receipts.ts";

const KEYS = { key: "a key of the pipeline", ...keyPair() };
const AT = new Date("2026-01-31T23:59:59.700Z");
const sealed = proofOf("production", { stamp: HASH, run: "r1", at: AT }, KEYS);
const refusal = (proof: LiveProof, keys: ProofKeys = KEYS, environment = "production"): string | undefined =>
  proofRefusal(environment, proof, keys);

describe("a live proof", () => {
  it("says what was probed, when and by which run, and what a seal covers", () => {
    expect(liveProof.parse(JSON.parse(JSON.stringify(sealed)))).toEqual(sealed);
    expect(proofStatement("production", sealed)).toBe(`headgate-live/1\nproduction\n${HASH}\n2026-01-31T23:59:59Z\nr1`);
  });

  it("has no seal without a key, and then counts wherever there is none to ask for", () => {
    const bare = proofOf("production", { stamp: HASH, run: "r1", at: AT }, {});
    expect(bare).toEqual({ stamp: HASH, run: "r1", at: "2026-01-31T23:59:59Z" });
    expect(refusal(bare, {})).toBeUndefined();
    expect(refusal(bare, { key: KEYS.key })).toBe("it is not sealed with a key");
    expect(refusal(bare, { publicKey: KEYS.publicKey })).toBe("it is not signed");
  });

  it("counts under its own keys, one or both", () => {
    expect(refusal(sealed)).toBeUndefined();
    expect(refusal(sealed, { key: KEYS.key })).toBeUndefined();
    expect(refusal(sealed, { publicKey: KEYS.publicKey })).toBeUndefined();
  });

  it("is refused under other keys", () => {
    expect(refusal(sealed, { key: "another key, as long" })).toBe("it is sealed with another key, or was changed");
    expect(refusal(sealed, { publicKey: keyPair().publicKey })).toBe("it is signed by another key, or was changed");
  });

  it.each<[string, Partial<LiveProof>]>([
    ["stamp", { stamp: "f".repeat(64) }],
    ["time", { at: "2026-02-01T00:00:00Z" }],
    ["run", { run: "r2" }],
  ])("is refused by either key when its %s was changed", (_, change) => {
    for (const keys of [{ key: KEYS.key }, { publicKey: KEYS.publicKey }])
      expect(refusal({ ...sealed, ...change }, keys)).toMatch(/was changed$/);
  });

  it("is none of another environment", () => {
    expect(refusal(sealed, KEYS, "staging")).toBe("it is sealed with another key, or was changed");
  });

  it.each([
    ["a stamp that is none", { stamp: "x" }],
    ["a day that there is not", { at: "2026-02-31T99:00:00Z" }],
    ["a run of two lines", { run: "r1\nr2" }],
    ["a digest that is none", { mac: "x" }],
  ])("is not read with %s", (_, change) => {
    expect(liveProof.safeParse({ ...sealed, ...change }).success).toBe(false);
  });
});
