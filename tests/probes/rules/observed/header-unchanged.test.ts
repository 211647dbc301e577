import { describe, expect, it } from "vitest";
import { headerUnchanged } from "../../../../probes/rules/observed/header-unchanged.ts";
import { headerEvidence } from "../../../support/builders.ts";

describe("header-unchanged", () => {
  for (const observation of ["intact", "merged"] as const) {
    it(`passes for a header that is ${observation}`, () => {
      expect(headerUnchanged.check(headerEvidence({ observation }))).toEqual({ state: "pass" });
    });
  }

  for (const observation of [
    "stripped",
    "replaced",
    "appended",
    "duplicated",
    "reordered",
    "truncated",
    "renamed",
    "injected",
    "unreachable",
  ] as const) {
    it(`fails for a header that was ${observation}`, () => {
      expect(headerUnchanged.check(headerEvidence({ observation }))).toEqual({
        state: "fail",
        reason: `the header was ${observation}`,
      });
    });
  }

  it("is inconclusive when the header was not on the wire, even if nothing arrived either", () => {
    expect(headerUnchanged.check(headerEvidence({ observation: "not-sent", sent: [], arrived: [] }))).toEqual({
      state: "inconclusive",
      reason: "the client did not put the header on the wire",
    });
  });
});
