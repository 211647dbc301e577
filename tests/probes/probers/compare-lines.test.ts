import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { HeaderObservation } from "../../../probes/facts/observation.ts";
import { compareLines } from "../../../probes/probers/compare-lines.ts";
import { RUNS } from "../../support/builders.ts";

const lines = (name: string, values: readonly string[]): HeaderLine[] => values.map((value) => [name, value]);

/** Each line as `sent→arrived observation`. */
function compared(name: string, sent: readonly string[], arrived: readonly string[], elsewhere: HeaderLine[] = []) {
  const canaries = ["canary-one", "canary-two"];
  return compareLines(name, lines(name, sent), [...elsewhere, ...lines(name.toLowerCase(), arrived)], canaries).map(
    ({ sent: from, arrived: to, observation }) => `${from ?? "-"}→${to ?? "-"} ${observation}`,
  );
}

describe("compareLines", () => {
  it.each<[string, string, string[], string[], string[]]>([
    ["one line that arrives", "X-A", ["a"], ["a"], ["0→0 intact"]],
    [
      "one of several that is stripped",
      "X-A",
      ["a", "b", "c"],
      ["a", "c"],
      ["0→0 intact", "1→- stripped", "2→1 intact"],
    ],
    ["one of several that is replaced", "X-A", ["a", "b"], ["a", "x"], ["0→0 intact", "1→1 replaced"]],
    ["one that is cut", "X-A", ["a", "canary-long"], ["a", "canary"], ["0→0 intact", "1→1 truncated"]],
    ["two in another order", "X-A", ["a", "b"], ["b", "a"], ["0→1 intact", "1→0 reordered"]],
    ["one that is doubled", "X-A", ["a", "b"], ["a", "b", "a"], ["0→0 intact", "1→1 intact", "0→2 duplicated"]],
    ["one that is put before them", "X-A", ["a"], ["x", "a"], ["0→1 intact", "-→0 injected"]],
    ["two of three that are merged", "X-A", ["a", "b", "c"], ["a, b", "c"], ["0→0 merged", "1→0 merged", "2→1 intact"]],
    ["cookies that are merged", "Cookie", ["a=1", "b=2"], ["a=1; b=2"], ["0→0 merged", "1→0 merged"]],
    ["one that is appended to", "X-A", ["a"], ["a, 192.0.2.1"], ["0→0 appended"]],
    [
      "a singleton that is joined with another",
      "Authorization",
      ["Basic a", "Basic b"],
      ["Basic a, Basic b"],
      ["0→0 replaced", "1→- stripped"],
    ],
    ["only lines of the edge", "X-A", [], ["x"], ["-→0 injected"]],
    ["nothing", "X-A", [], [], []],
  ])("tells %s", (_, name, sent, arrived, expected) => {
    expect(compared(name, sent, arrived)).toEqual(expected);
  });

  it("tells which line arrived under another name", () => {
    expect(compared("X-A", ["canary-one", "canary-two"], ["canary-one"], [["X-Copy", "canary-two"]])).toEqual([
      "0→0 intact",
      "1→- renamed",
    ]);
  });

  it("tells of every line at either end once, whatever they are", () => {
    const values = fc.array(fc.constantFrom("a", "b", "a, b", "b, a, c", "", "ab"), { maxLength: 5 });
    fc.assert(
      fc.property(values, values, fc.constantFrom("X-A", "Cookie", "Authorization"), (sent, arrived, name) => {
        const found = compareLines(name, lines(name, sent), lines(name, arrived), []);
        const ofSent = found.filter(({ observation }) => observation !== "duplicated").flatMap((one) => one.sent ?? []);
        expect(ofSent).toEqual(sent.map((_, index) => index));
        expect([...new Set(found.flatMap((one) => one.arrived ?? []))].sort()).toEqual(
          arrived.map((_, index) => index),
        );
        const isIntact = (observation: HeaderObservation): boolean => observation === "intact";
        const isSame = JSON.stringify(sent) === JSON.stringify(arrived);
        expect(found.every(({ observation }) => isIntact(observation))).toBe(isSame);
      }),
      { numRuns: RUNS },
    );
  });
});
