import { describe, expect, it } from "vitest";
import { headerAppended } from "../../../../probes/rules/observed/header-appended.ts";
import { headerEvidence } from "../../../support/builders.ts";

describe("header-appended", () => {
  for (const observation of ["appended", "merged"] as const) {
    it(`passes for a header that is ${observation}`, () => {
      expect(headerAppended.check(headerEvidence({ observation }))).toEqual({ state: "pass" });
    });
  }

  for (const observation of ["intact", "stripped", "replaced", "duplicated", "reordered", "truncated"] as const) {
    it(`fails for a header that was ${observation}`, () => {
      expect(headerAppended.check(headerEvidence({ observation }))).toEqual({
        state: "fail",
        reason: `the header was ${observation}, not appended to`,
      });
    });
  }

  it("is inconclusive when the header was not on the wire, even if the edge wrote one", () => {
    expect(headerAppended.check(headerEvidence({ observation: "injected", sent: [] }))).toEqual({
      state: "inconclusive",
      reason: "the client did not put the header on the wire",
    });
  });
});
