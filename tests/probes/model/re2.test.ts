import { describe, expect, it } from "vitest";
import { matches, wholeExpression } from "../../../probes/model/re2.ts";

describe("an expression of the edge", () => {
  it.each([
    ["https://.*\\.example\\.com", "https://a.example.com", true],
    ["https://.*\\.example\\.com", "https://a.example.com.evil", false],
    ["a|b", "ab", false],
    ["(?i)abc", "ABC", true],
    ["[[:digit:]]+", "123", true],
    ["^a$", "a", true],
  ])("%s and %s: %s", (text, subject, truth) => {
    expect(matches(wholeExpression(text)!, subject)).toBe(truth);
  });

  it.each(["(a+)+", "a(?=b)", "(a", "\\1", "(a|aa)*"])("%s is not evaluated", (text) => {
    expect(wholeExpression(text)).toBeUndefined();
  });

  it("is not tried on a text on which it may take too long", () => {
    const slow = wholeExpression("a*a*a*b")!;
    expect(matches(slow, "aaab")).toBe(true);
    expect(matches(slow, "a".repeat(10_000))).toBeUndefined();
  });
});
