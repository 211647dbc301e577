import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact } from "../../../probes/probers/redact.ts";

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";

describe("redact", () => {
  it("takes out a secret, however short, and leaves the words around it", () => {
    expect(redact(`bad token ${TOKEN}, and s3`, [TOKEN, "s3"])).toBe("bad token [redacted], and [redacted]");
    expect(redact("not one of them", [TOKEN])).toBe("not one of them");
    expect(redact("", [TOKEN])).toBe("");
  });

  it("takes out a part that a server cut, from the start, the middle and the end", () => {
    for (const part of [TOKEN.slice(0, 20), TOKEN.slice(10, 30), TOKEN.slice(-16)])
      expect(redact(`refused: ${part}`, [TOKEN])).toBe("refused: [redacted]");
    expect(redact(`refused: ${TOKEN.slice(0, 15)}`, [TOKEN])).toBe(`refused: ${TOKEN.slice(0, 15)}`);
  });

  it("takes out the longest of two that begin alike, whichever comes first", () => {
    const [a, b] = ["abcdefghijklmnopqrst-one", "abcdefghijklmnopqrst-second"];
    for (const secrets of [
      [a, b],
      [b, a],
    ])
      expect(redact(`<${b.slice(1)}>`, secrets)).toBe("<[redacted]>");
  });

  it("leaves no part of 16 characters of any secret in any text", () => {
    const secret = fc.string({ minLength: 16, maxLength: 60 });
    const piece = fc.tuple(secret, fc.nat(60), fc.nat(60), fc.string({ maxLength: 10 }));
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
        const secrets = pieces.map(([own]) => own);
        const text = pieces.map(([own, from, length, words]) => words + own.slice(from, from + length)).join("");
        const clean = redact(text, secrets).split("[redacted]");
        for (const own of secrets)
          for (let at = 0; at + 16 <= own.length; at++)
            for (const rest of clean) expect(rest.includes(own.slice(at, at + 16))).toBe(false);
      }),
    );
  });

  it("takes a megabyte in little time", () => {
    const started = performance.now();
    redact("eyJhbGciOiJIUzI1".repeat(65_536), [TOKEN, "a".repeat(4000)]);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
