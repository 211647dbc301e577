import { describe, expect, it } from "vitest";
import { combineReadings } from "../../../probes/attribution/combine-readings.ts";
import type { Cell } from "../../../probes/facts/result.ts";
import { aCell, anAct } from "../../support/builders.ts";

const PASS = aCell({ id: "a" });
const FAIL = aCell({ id: "a", state: "fail", reason: "the header was stripped", by: [anAct()] });
const HIDDEN = aCell({ id: "a", state: "inconclusive", reason: "not reached", consequenceOf: "other" });
const OPEN = aCell({ id: "a", state: "inconclusive", reason: "deadline" });
const OTHER_FAIL = aCell({ id: "other", state: "fail", rule: "reaches-declared-service", reason: "answered 404" });
const OTHER_PASS = aCell({ id: "other", rule: "reaches-declared-service" });

const combine = (...readings: Cell[][]): Cell[] => combineReadings(readings, ["classic-101-actions", "case-fold"]);
const DEPENDS = "depends on classic-101-actions, case-fold, which Google does not document";

describe("combineReadings", () => {
  it("passes what passes under every reading", () => {
    expect(combine([PASS], [PASS])).toEqual([PASS]);
  });

  it("fails what is broken under every reading", () => {
    expect(combine([FAIL], [FAIL])).toEqual([FAIL]);
  });

  it("is inconclusive about what some reading breaks, and names the questions and the act", () => {
    expect(combine([PASS], [FAIL])).toEqual([{ ...FAIL, state: "inconclusive", reason: DEPENDS }]);
  });

  it("does not depend on which reading comes first", () => {
    expect(combine([FAIL], [PASS])).toEqual(combine([PASS], [FAIL]));
  });

  it("is inconclusive when a failure hides the cell under one reading, and is no consequence then", () => {
    const [cell] = combine([HIDDEN], [PASS]);
    expect(cell).toMatchObject({ state: "inconclusive", reason: DEPENDS });
    expect(cell).not.toHaveProperty("consequenceOf");
  });

  it("fails what is broken under one reading and hidden by a failure under every other", () => {
    expect(combine([FAIL], [HIDDEN])).toEqual([FAIL]);
  });

  it("does not fail what could not be looked at under another reading", () => {
    expect(combine([FAIL], [OPEN])).toMatchObject([{ state: "inconclusive" }]);
  });

  it("keeps a consequence that is one under every reading", () => {
    expect(combine([OTHER_FAIL, HIDDEN], [OTHER_FAIL, HIDDEN])).toEqual([OTHER_FAIL, HIDDEN]);
  });

  it("makes what is undecided a consequence where the case is broken under every reading", () => {
    expect(combine([OTHER_FAIL, PASS], [OTHER_FAIL, FAIL])).toMatchObject([
      { id: "other", state: "fail" },
      { id: "a", state: "inconclusive", consequenceOf: "other" },
    ]);
  });

  it("makes nothing a consequence where some reading breaks nothing", () => {
    const cells = combine([OTHER_PASS, PASS], [OTHER_FAIL, HIDDEN]);
    expect(cells.map(({ state }) => state)).toEqual(["inconclusive", "inconclusive"]);
    expect(cells.filter(({ consequenceOf }) => consequenceOf !== undefined)).toEqual([]);
  });

  it("combines each cell with its like", () => {
    const cells = combine([OTHER_PASS, PASS], [OTHER_PASS, FAIL]);
    expect(cells.map(({ id, state }) => `${id} ${state}`)).toEqual(["other pass", "a inconclusive"]);
  });

  it("gives nothing for no readings", () => {
    expect(combine()).toEqual([]);
  });
});
