import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sign, verify } from "../../contract/probe-protocol.ts";
import { RUNS } from "../support/builders.ts";

const KEY = "0123456789abcdef";
const CLAIM = { environment: "staging", route: "api.${domain} /ws", nonce: "n1", expiresAt: 1000 };
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const claims = fc.record({
  environment: fc.string(),
  route: fc.string(),
  nonce: fc.string(),
  expiresAt: fc.integer({ min: 1 }),
});

/** A token whose MAC is right, over any payload. */
function sealed(payload: unknown, key = KEY): string {
  const text = Buffer.from(JSON.stringify(payload)).toString("base64url");
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}

describe("sign and verify", () => {
  it("give back the claim", () => {
    fc.assert(
      fc.property(claims, fc.string({ minLength: 1 }), (claim, key) => {
        expect(verify(sign(claim, key), key, claim.expiresAt - 1)).toEqual(claim);
      }),
      { numRuns: RUNS },
    );
  });

  it("make a token that may stand in a header, a query and a subprotocol list", () => {
    fc.assert(
      fc.property(claims, (claim) => {
        expect(sign(claim, KEY)).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("verify", () => {
  it("refuses a token with any one character changed", () => {
    const token = sign(CLAIM, KEY);
    // The last character holds two bits that no byte of the MAC comes from.
    const place = fc.nat(token.length - 2);
    fc.assert(
      fc.property(place, fc.constantFrom(...BASE64URL, "."), (at, char) => {
        fc.pre(token[at] !== char);
        expect(verify(token.slice(0, at) + char + token.slice(at + 1), KEY, 0)).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });

  it("refuses every token that is cut short", () => {
    const token = sign(CLAIM, KEY);
    const accepted = Array.from(token, (_, length) => token.slice(0, length)).filter(
      (cut) => verify(cut, KEY, 0) !== undefined,
    );
    expect(accepted).toEqual([]);
  });

  it("refuses any other text, and never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(verify(text, KEY, 0)).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });

  it("refuses a third part", () => {
    expect(verify(`${sign(CLAIM, KEY)}.x`, KEY, 0)).toBeUndefined();
  });

  it("refuses a token of another key", () => {
    expect(verify(sign(CLAIM, "another key"), KEY, 0)).toBeUndefined();
  });

  it("accepts a token in the last millisecond of its time", () => {
    expect(verify(sign(CLAIM, KEY), KEY, 999)).toEqual(CLAIM);
  });

  it("refuses a token from the millisecond on in which it expires", () => {
    expect(verify(sign(CLAIM, KEY), KEY, 1000)).toBeUndefined();
  });

  for (const [what, payload] of [
    ["no list", { environment: "e" }],
    ["too few fields", ["e", "r", "n"]],
    ["too many fields", ["e", "r", "n", 1000, "more"]],
    ["an expiry that is text", ["e", "r", "n", "9999999999999"]],
    ["a nonce that is a number", ["e", "r", 1, 1000]],
  ] as const) {
    it(`refuses a rightly signed payload with ${what}`, () => {
      expect(verify(sealed(payload), KEY, 0)).toBeUndefined();
    });
  }

  it("reads a rightly signed payload of the right shape", () => {
    expect(verify(sealed(["e", "r", "n", 1000]), KEY, 0)).toEqual({
      environment: "e",
      route: "r",
      nonce: "n",
      expiresAt: 1000,
    });
  });
});
