import { describe, expect, it } from "vitest";
import { headerSet } from "../../../../probes/rules/observed/header-set.ts";
import { aHeader, headerEvidence } from "../../../support/builders.ts";

const header = aHeader({
  id: "source",
  name: "X-Request-Source",
  arrives: { kind: "set", pattern: "^(public|canary)-edge$" },
});
const evidence = headerEvidence({ header, sent: ["canary-1"], canaries: ["canary-1"] });

describe("header-set", () => {
  it("passes for one value that matches the pattern", () => {
    expect(headerSet.check({ ...evidence, arrived: ["public-edge"] })).toEqual({ state: "pass" });
  });

  it("fails when nothing arrived", () => {
    expect(headerSet.check({ ...evidence, arrived: [] })).toEqual({
      state: "fail",
      reason: "the edge's value did not arrive",
    });
  });

  it("fails when the client's value arrived in place of the edge's", () => {
    expect(headerSet.check({ ...evidence, arrived: ["canary-1"] })).toEqual({
      state: "fail",
      reason: "the client's value arrived",
    });
  });

  it("fails when the client's value arrived beside the edge's", () => {
    expect(headerSet.check({ ...evidence, arrived: ["public-edge", "canary-1"] })).toEqual({
      state: "fail",
      reason: "the client's value arrived",
    });
  });

  it("fails when the client's value matches the pattern", () => {
    const forged = { ...evidence, canaries: ["canary-edge"], arrived: ["canary-edge"] };
    expect(headerSet.check(forged)).toEqual({ state: "fail", reason: "the client's value arrived" });
  });

  it("fails for a value that does not match the pattern", () => {
    expect(headerSet.check({ ...evidence, arrived: ["public-edge-2"] })).toEqual({
      state: "fail",
      reason: "what arrived does not match ^(public|canary)-edge$",
    });
  });

  it("fails for two values that both match: the service would take either", () => {
    expect(headerSet.check({ ...evidence, arrived: ["public-edge", "public-edge"] })).toMatchObject({ state: "fail" });
  });

  it("is inconclusive when the client did not try to forge it", () => {
    expect(headerSet.check({ ...evidence, sent: [], arrived: ["public-edge"] })).toEqual({
      state: "inconclusive",
      reason: "the client did not try to forge the header",
    });
  });

  it("is inconclusive for a header without a pattern", () => {
    expect(headerSet.check({ ...evidence, header: aHeader() })).toEqual({
      state: "inconclusive",
      reason: "the header has no pattern",
    });
  });
});
