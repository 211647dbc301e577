import { describe, expect, it } from "vitest";
import type { CaseEvidence } from "../../../../probes/rules/define-rule.ts";
import { certificateCoversHost } from "../../../../probes/rules/observed/certificate-covers-host.ts";
import { anAttempt, answered } from "../../../support/builders.ts";

const attempt = anAttempt();
const { response: _, witness: __, ...silent } = answered(attempt, []);
const evidence = (observation: CaseEvidence["observation"]): CaseEvidence => ({
  attempt,
  observation,
  target: "emulated",
});

describe("certificate-covers-host", () => {
  it("applies to a connection with TLS alone", () => {
    expect(certificateCoversHost.appliesTo(evidence(answered(attempt, [])))).toBe(true);
    expect(certificateCoversHost.appliesTo(evidence(answered(attempt, [], { secure: false })))).toBe(false);
  });

  it("passes when there was an answer, whatever it said", () => {
    const refused = answered(attempt, [], { response: { status: 403, headers: [], body: "" } });
    expect(certificateCoversHost.check(evidence(refused))).toEqual({ state: "pass" });
  });

  it("fails when the certificate does not name the host", () => {
    const failure = { phase: "tls-name", message: "the certificate names other.example.com" } as const;
    expect(certificateCoversHost.check(evidence({ ...silent, failure }))).toEqual({
      state: "fail",
      reason: "the certificate names other.example.com",
    });
  });

  for (const phase of ["connect", "tls", "deadline", "interrupted"] as const) {
    it(`is inconclusive when the attempt ended in phase ${phase}`, () => {
      expect(certificateCoversHost.check(evidence({ ...silent, failure: { phase, message: "why" } }))).toEqual({
        state: "inconclusive",
        reason: `unreachable (${phase}): why`,
      });
    });
  }

  it("is inconclusive when there was neither an answer nor a failure", () => {
    expect(certificateCoversHost.check(evidence(silent))).toEqual({
      state: "inconclusive",
      reason: "unreachable (response): no answer",
    });
  });
});
