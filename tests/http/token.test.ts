import { describe, expect, it } from "vitest";
import { isFieldValue, isToken } from "../../http/token.ts";

describe("isToken", () => {
  it("accepts every character of the grammar", () => {
    expect(isToken("!#$%&'*+-.^_`|~09AZaz")).toBe(true);
  });

  for (const [what, text] of [
    ["nothing", ""],
    ["a blank", "a b"],
    ["a comma", "a,b"],
    ["a slash", "a/b"],
    ["an equals sign", "a="],
    ["a colon", "a:"],
    ["a line feed at the end", "a\n"],
    ["a letter outside ASCII", "é"],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(isToken(text)).toBe(false);
    });
  }
});

describe("isFieldValue", () => {
  it("accepts visible characters, blanks and obs-text", () => {
    expect(isFieldValue("Bearer\ta.b ~\u0080\u00ff")).toBe(true);
  });

  it("accepts an empty value", () => {
    expect(isFieldValue("")).toBe(true);
  });

  for (const [what, text] of [
    ["a line feed", "a\nb"],
    ["a line feed at the end", "a\n"],
    ["a carriage return", "a\rb"],
    ["a NUL", "a\u0000"],
    ["a DEL", "a\u007f"],
    ["a character beyond one byte", "\u0100"],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(isFieldValue(text)).toBe(false);
    });
  }
});
