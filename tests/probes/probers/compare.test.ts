import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import { compareHeader } from "../../../probes/probers/compare.ts";
import { RUNS } from "../../support/builders.ts";

const lines = (name: string, values: readonly string[]): HeaderLine[] => values.map((value) => [name, value]);
const compare = (sent: readonly string[], arrived: readonly string[], elsewhere: HeaderLine[] = []) =>
  compareHeader("X-A", lines("X-A", sent), [...elsewhere, ...lines("x-a", arrived)], ["canary"]);

describe("compareHeader", () => {
  for (const [observation, what, sent, arrived] of [
    ["intact", "the same line", ["canary"], ["canary"]],
    ["intact", "the same lines in the same order", ["a", "b"], ["a", "b"]],
    ["intact", "an empty value that stays empty", [""], [""]],
    ["not-sent", "a header at neither end", [], []],
    ["injected", "a header that only the far side has", [], ["edge"]],
    ["stripped", "a header that only the client has", ["canary"], []],
    ["reordered", "the same lines in another order", ["a", "b"], ["b", "a"]],
    ["duplicated", "the same line twice", ["a"], ["a", "a"]],
    ["merged", "two lines as one list", ["a", "b"], ["a, b"]],
    ["merged", "two lines as one list without blanks", ["a", "b"], ["a,b"]],
    ["appended", "more members on the same line", ["a"], ["a, 192.0.2.1, 192.0.2.2"]],
    ["appended", "one more line", ["a"], ["a", "192.0.2.1"]],
    ["appended", "a longer list on one line for two", ["a", "b"], ["a, b, c"]],
    ["truncated", "the beginning of the value", ["canary-long"], ["canary"]],
    ["replaced", "another value", ["canary"], ["edge"]],
    ["replaced", "an empty value", ["canary"], [""]],
    ["replaced", "a value that holds the sent one as a part of a word", ["canary"], ["my-canary"]],
    ["replaced", "the end of the value", ["long-canary"], ["canary"]],
    ["replaced", "one of two lines", ["a", "b"], ["a"]],
    ["replaced", "a list of which a member was lost and another came", ["a, b"], ["a, c, d"]],
    ["replaced", "a value in another case", ["canary"], ["Canary"]],
  ] as const) {
    it(`says ${observation} for ${what}`, () => {
      expect(compare(sent, arrived)).toBe(observation);
    });
  }

  it("does not say appended for a list that only changed its order", () => {
    expect(compare(["a, b"], ["b, a"])).not.toBe("appended");
  });

  it("says renamed when the value stands under another name", () => {
    expect(compare(["Bearer canary"], [], [["X-Forwarded-Authorization", "Bearer canary"]])).toBe("renamed");
  });

  it("says stripped when only a value that is not this request's own stands elsewhere", () => {
    expect(compare(["Bearer canary"], [], [["X-Other", "Bearer"]])).toBe("stripped");
  });

  it("does not look elsewhere while the header itself arrives", () => {
    expect(compare(["canary"], ["canary"], [["X-Copy", "canary"]])).toBe("intact");
  });

  it("takes names that differ in case for one header", () => {
    expect(compareHeader("AUTHORIZATION", [["Authorization", "v"]], [["authorization", "v"]], [])).toBe("intact");
  });

  it("says intact for equal lists alone", () => {
    const values = fc.array(fc.constantFrom("a", "b", "a, b", "", "canary"), { maxLength: 4 });
    fc.assert(
      fc.property(values, values, (sent, arrived) => {
        const isEqual = sent.length > 0 && JSON.stringify(sent) === JSON.stringify(arrived);
        expect(compare(sent, arrived) === "intact").toBe(isEqual);
      }),
      { numRuns: RUNS },
    );
  });
});
