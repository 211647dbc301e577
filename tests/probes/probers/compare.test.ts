import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { HeaderObservation } from "../../../probes/facts/observation.ts";
import { compareHeader } from "../../../probes/probers/compare.ts";
import { RUNS } from "../../support/builders.ts";

const lines = (name: string, values: readonly string[]): HeaderLine[] => values.map((value) => [name, value]);
const CANARIES = ["canary", "canary-long", "Bearer canary"];
const compare = (sent: readonly string[], arrived: readonly string[], elsewhere: HeaderLine[] = []) =>
  compareHeader("X-A", lines("X-A", sent), [...elsewhere, ...lines("x-a", arrived)], CANARIES);

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
    ["replaced", "a list with other blanks", ["a,b"], ["a, b"]],
    ["replaced", "a list that is split over lines", ["a, b"], ["a", "b"]],
    ["replaced", "two lines of which one came twice", ["a", "b"], ["a", "a", "a"]],
    ["reordered", "a list in another order", ["a, b"], ["b, a"]],
    ["reordered", "lines merged in another order", ["a", "b"], ["b, a"]],
    ["duplicated", "a member twice on its line", ["a"], ["a, a"]],
    ["duplicated", "two lines twice", ["a", "b"], ["a", "b", "a", "b"]],
    ["injected", "a line of the edge before it", ["a"], ["x", "a"]],
    ["injected", "a member of the edge before it", ["a"], ["x, a"]],
    ["truncated", "one of two lines that is cut", ["a", "bcd"], ["a", "bc"]],
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

  it.each<[HeaderObservation, string, string, string[], string[]]>([
    ["merged", "lines of Cookie with a semicolon", "Cookie", ["a=1", "b=2; c=3"], ["a=1; b=2; c=3"]],
    ["replaced", "lines of Cookie with a comma", "Cookie", ["a=1", "b=2"], ["a=1, b=2"]],
    ["appended", "a cookie more", "Cookie", ["a=1"], ["a=1; b=2"]],
    ["reordered", "cookies in another order", "Cookie", ["a=1; b=2"], ["b=2; a=1"]],
    ["replaced", "lines of a list with a semicolon", "X-A", ["a", "b"], ["a; b"]],
    ["replaced", "two credentials on one line", "Authorization", ["Basic a", "Basic b"], ["Basic a, Basic b"]],
    ["replaced", "a credential with a list behind it", "Authorization", ["Basic a"], ["Basic a, x"]],
    ["merged", "two subprotocol lines", "Sec-WebSocket-Protocol", ["a", "b"], ["a, b"]],
  ])("says %s for %s", (observation, _, name, sent, arrived) => {
    expect(compareHeader(name, lines(name, sent), lines(name, arrived), [])).toBe(observation);
  });

  it("says stripped when the shared token stands only where the client itself sent it", () => {
    const other: HeaderLine = ["X-Token", "jwt the-shared-token"];
    const sent: HeaderLine[] = [["Authorization", "Bearer the-shared-token"], other];
    expect(compareHeader("Authorization", sent, [other], ["the-shared-token"])).toBe("stripped");
    const moved: HeaderLine = ["X-Forwarded-Authorization", "Bearer the-shared-token"];
    expect(compareHeader("Authorization", sent, [other, moved], ["the-shared-token"])).toBe("renamed");
  });

  it.each(["", "1", "true"])("does not take %o for a value that is known by itself", (value) => {
    expect(compareHeader("X-A", [["X-A", value]], [["X-Other", "1 true"]], [value])).toBe("stripped");
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
