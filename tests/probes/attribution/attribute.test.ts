import { describe, expect, it } from "vitest";
import { attribute } from "../../../probes/attribution/attribute.ts";
import type { Trace } from "../../../probes/facts/trace.ts";
import { aCell, anAct } from "../../support/builders.ts";

const ROUTED = anAct({ attribute: "path_matcher[0].route_rules[1]", effect: "sends the route here" });
const FIRST = anAct({ attribute: "path_matcher[0].header_action", effect: "replaces the client's value" });
const LAST = anAct();
const TRACE: Trace = {
  outcome: "backend",
  matchedBy: ROUTED,
  headers: [{ name: "authorization", state: "removed", sent: ["a"], arrives: [], by: [FIRST, LAST] }],
  unknowns: [],
  notes: [],
  dependsOn: [],
};
const FAILED = aCell({ state: "fail", reason: "the header was stripped" });
const MISROUTED = aCell({ state: "fail", header: null, arrives: null, rule: "reaches-declared-service" });

describe("attribute", () => {
  it("adds to a failed header what was done to it, the last act first: it had the last word", () => {
    expect(attribute(FAILED, TRACE)).toEqual({ ...FAILED, by: [LAST, FIRST] });
  });

  it("leaves the trace as it was", () => {
    attribute(FAILED, TRACE);
    expect(TRACE.headers[0]!.by).toEqual([FIRST, LAST]);
  });

  it("adds nothing to a failed header that the trace does not know", () => {
    expect(attribute(aCell({ state: "fail", header: "X-Other" }), TRACE).by).toEqual([]);
  });

  it("adds to a failed request where it was routed", () => {
    expect(attribute(MISROUTED, TRACE).by).toEqual([ROUTED]);
  });

  it("adds to a failed request the line that answered in place of the service", () => {
    const redirect = anAct({ attribute: "default_url_redirect", effect: "redirects" });
    const answer = { status: 301, headers: [], body: "", by: redirect };
    expect(attribute(MISROUTED, { ...TRACE, outcome: "redirect", answer }).by).toEqual([redirect]);
  });

  it("adds nothing to a failed request that the trace cannot place", () => {
    const { matchedBy: _, ...lost } = TRACE;
    expect(attribute(MISROUTED, lost).by).toEqual([]);
  });

  for (const state of ["pass", "inconclusive", "not-applicable", "closed-by-design"] as const) {
    it(`leaves a cell alone that is ${state}`, () => {
      const cell = aCell({ state });
      expect(attribute(cell, TRACE)).toBe(cell);
    });
  }
});
