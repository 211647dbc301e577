import { describe, expect, it } from "vitest";
import type { CaseEvidence } from "../../../../probes/rules/define-rule.ts";
import { subprotocolAnswered } from "../../../../probes/rules/observed/subprotocol-answered.ts";
import { anAttempt, answered } from "../../../support/builders.ts";

const attempt = anAttempt({ answer: "jwt-auth" });
const evidence = (more: Partial<CaseEvidence["observation"]>): CaseEvidence => ({
  attempt,
  observation: answered(attempt, attempt.lines, more),
  target: "emulated",
});

describe("subprotocol-answered", () => {
  it("applies where an answer is declared", () => {
    expect(subprotocolAnswered.appliesTo(evidence({}))).toBe(true);
    expect(subprotocolAnswered.appliesTo({ ...evidence({}), attempt: anAttempt() })).toBe(false);
  });

  it("passes when the declared subprotocol was selected", () => {
    expect(subprotocolAnswered.check(evidence({ subprotocol: "jwt-auth" }))).toEqual({ state: "pass" });
  });

  it("fails when none was selected", () => {
    expect(subprotocolAnswered.check(evidence({ subprotocol: "" }))).toEqual({
      state: "fail",
      reason: "no subprotocol was selected",
    });
  });

  it("fails when another was selected, without naming it: it may carry the token", () => {
    expect(subprotocolAnswered.check(evidence({ subprotocol: "jwt.secret" }))).toEqual({
      state: "fail",
      reason: "another subprotocol was selected than the declared one",
    });
  });

  it("is inconclusive when the upgrade was refused", () => {
    const refused = evidence({ response: { status: 403, headers: [], body: "" }, subprotocol: "jwt-auth" });
    expect(subprotocolAnswered.check(refused)).toEqual({
      state: "inconclusive",
      reason: "the upgrade was not accepted",
    });
  });
});
