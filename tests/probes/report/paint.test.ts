import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { harmless, harmlessDeep, painter, wrap } from "../../../probes/report/paint.ts";
import { RUNS } from "../../support/builders.ts";

const isControl = (char: string): boolean => char < " " || (char >= "\u007f" && char <= "\u009f");

describe("painter", () => {
  it("gives text back as it is without colour", () => {
    expect(painter(false)("bad", "FAIL")).toBe("FAIL");
  });

  for (const [style, code] of [
    ["good", "32"],
    ["bad", "31;1"],
    ["open", "33"],
    ["faint", "2"],
    ["strong", "1"],
  ] as const) {
    it(`puts ${style} on, and takes it off again`, () => {
      expect(painter(true)(style, "text")).toBe(`\u001b[${code}mtext\u001b[0m`);
    });
  }
});

describe("harmless", () => {
  for (const [what, text, shown] of [
    ["an escape", "\u001b[2J", "\\x1b[2J"],
    ["a line feed", "a\nb", "a\\x0ab"],
    ["a carriage return", "a\rb", "a\\x0db"],
    ["a NUL", "\u0000", "\\x00"],
    ["a DEL", "\u007f", "\\x7f"],
    ["a CSI of one byte", "\u009b2J", "\\x9b2J"],
    ["a mark that turns the direction of text", "a\u202eb", "a\\x202eb"],
    ["another such mark", "a\u061cb", "a\\x61cb"],
    ["a line separator", "a\u2028b", "a\\x2028b"],
  ] as const) {
    it(`shows ${what} and does not send it`, () => {
      expect(harmless(text)).toBe(shown);
    });
  }

  it("leaves words of any language alone", () => {
    expect(harmless("große 頭部 → ok…")).toBe("große 頭部 → ok…");
  });

  it("lets no control character through", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect([...harmless(text)].filter(isControl)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("harmlessDeep", () => {
  it("reaches every text, in lists and mappings, and nothing else", () => {
    const value = { a: "\u001b", b: ["\n", { c: "\r" }], d: 1, e: null, f: true };
    expect(harmlessDeep(value)).toEqual({ a: "\\x1b", b: ["\\x0a", { c: "\\x0d" }], d: 1, e: null, f: true });
  });

  it("leaves the value it was given alone", () => {
    const value = { a: ["\n"] };
    harmlessDeep(value);
    expect(value).toEqual({ a: ["\n"] });
  });
});

describe("wrap", () => {
  it("breaks between words, at most at the width", () => {
    expect(wrap("aaa bbb ccc", 7)).toEqual(["aaa bbb", "ccc"]);
  });

  it("lets a word that is too long stand alone", () => {
    expect(wrap("a bbbbbbbbbb c", 4)).toEqual(["a", "bbbbbbbbbb", "c"]);
  });

  it("gives one empty line for no text", () => {
    expect(wrap("", 10)).toEqual([""]);
  });

  it("loses no word, and breaks wherever a line would be too long", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 1, max: 20 }), (words, width) => {
        const lines = wrap(words.join(" "), width);
        expect(lines.join(" ")).toBe(words.join(" "));
        expect(lines.filter((line) => line.length > width && line.includes(" "))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
