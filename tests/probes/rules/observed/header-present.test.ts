import { describe, expect, it } from "vitest";
import { headerPresent } from "../../../../probes/rules/observed/header-present.ts";
import { headerEvidence } from "../../../support/builders.ts";

describe("header-present", () => {
  it("passes for any value at the far side", () => {
    const evidence = headerEvidence({ observation: "replaced", arrived: ["edge"] });
    expect(headerPresent.check(evidence)).toEqual({ state: "pass" });
  });

  it("fails when nothing arrived", () => {
    expect(headerPresent.check(headerEvidence({ observation: "stripped", arrived: [] }))).toEqual({
      state: "fail",
      reason: "the header did not arrive",
    });
  });

  it("is inconclusive when the header was not on the wire, even if one arrived", () => {
    expect(headerPresent.check(headerEvidence({ sent: [], arrived: ["edge"] }))).toEqual({
      state: "inconclusive",
      reason: "the client did not put the header on the wire",
    });
  });
});
