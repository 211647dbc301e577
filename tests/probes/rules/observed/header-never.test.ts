import { describe, expect, it } from "vitest";
import { headerNever } from "../../../../probes/rules/observed/header-never.ts";
import { aHeader, headerEvidence } from "../../../support/builders.ts";

const header = aHeader({ id: "identity", name: "X-User-Id", arrives: { kind: "never" } });
const evidence = headerEvidence({ header, sent: ["canary"], canaries: ["canary"] });

describe("header-never", () => {
  it("passes when nothing arrived", () => {
    expect(headerNever.check({ ...evidence, arrived: [] })).toEqual({ state: "pass" });
  });

  it("passes when only a value of the edge's own arrived", () => {
    expect(headerNever.check({ ...evidence, arrived: ["edge"] })).toEqual({ state: "pass" });
  });

  for (const [what, arrived] of [
    ["as it was sent", ["canary"]],
    ["inside a longer value", ["edge, canary"]],
    ["on a line beside the edge's", ["edge", "canary"]],
  ] as const) {
    it(`fails when the client's value arrived ${what}`, () => {
      expect(headerNever.check({ ...evidence, arrived })).toEqual({
        state: "fail",
        reason: "the client's value arrived",
      });
    });
  }

  it("fails when one of several parts of the client's own arrived", () => {
    expect(headerNever.check({ ...evidence, canaries: ["one", "two"], arrived: ["two"] })).toMatchObject({
      state: "fail",
    });
  });

  it("is inconclusive when the client did not try", () => {
    expect(headerNever.check({ ...evidence, sent: [], arrived: [] })).toEqual({
      state: "inconclusive",
      reason: "the client did not try to send the header",
    });
  });
});
