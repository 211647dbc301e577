import { describe, expect, it } from "vitest";
import { ASSUMPTIONS, oracle, readingsOf } from "../../../probes/model/assumptions.ts";
import type { AssumptionName } from "../../../probes/model/assumptions.ts";

const NAMES = Object.keys(ASSUMPTIONS) as AssumptionName[];

describe("open questions", () => {
  it.each(NAMES)("%s has at least two different values and cites its facts", (name) => {
    const { values, sources, question } = ASSUMPTIONS[name];
    expect(new Set(values).size).toBeGreaterThanOrEqual(2);
    expect(values).toHaveLength(new Set(values).size);
    expect(sources.join(" ")).toMatch(/^[A-Z]\d+b?( [A-Z]\d+b?)*$/);
    expect(question).toMatch(/\?$/);
  });
});

describe("an oracle", () => {
  it("answers with the first value unless told otherwise", () => {
    expect(oracle({}).assume("remove-and-add")).toBe("remove-first");
    expect(oracle({ "remove-and-add": "add-first" }).assume("remove-and-add")).toBe("add-first");
  });

  it("remembers which questions were asked, each once, in order", () => {
    const asked = oracle({});
    expect([...asked.asked]).toEqual([]);
    asked.assume("underscore-names");
    asked.assume("actions-on-101");
    asked.assume("underscore-names");
    expect([...asked.asked]).toEqual(["underscore-names", "actions-on-101"]);
  });
});

describe("readings", () => {
  it("of no question are the one empty reading", () => {
    expect(readingsOf([])).toEqual([{}]);
  });

  it("are every combination", () => {
    const readings = readingsOf(["remove-and-add", "underscore-names"]);
    expect(readings).toHaveLength(6);
    expect(new Set(readings.map((reading) => JSON.stringify(reading))).size).toBe(6);
    expect(readings).toContainEqual({ "remove-and-add": "add-first", "underscore-names": "refused" });
  });
});
