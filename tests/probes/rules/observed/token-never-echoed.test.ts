import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../../http/header-list.ts";
import type { CaseEvidence } from "../../../../probes/rules/define-rule.ts";
import { tokenNeverEchoed } from "../../../../probes/rules/observed/token-never-echoed.ts";
import { anAttempt, answered, steadyMint } from "../../../support/builders.ts";

const attempt = anAttempt({}, steadyMint({ token: "the-token" }));
const evidence = (...headers: HeaderLine[]): CaseEvidence => ({
  attempt,
  observation: answered(attempt, attempt.lines, { response: { status: 101, headers, body: "" } }),
  target: "emulated",
});

describe("token-never-echoed", () => {
  it("applies where something secret besides the signature is sent", () => {
    expect(tokenNeverEchoed.appliesTo(evidence())).toBe(true);
    expect(tokenNeverEchoed.appliesTo({ ...evidence(), attempt: anAttempt({ headers: [] }) })).toBe(false);
  });

  it("passes when no response header holds a secret", () => {
    expect(tokenNeverEchoed.check(evidence(["Server", "witness"]))).toEqual({ state: "pass" });
  });

  for (const [what, value] of [
    ["the token", "the-token"],
    ["the token inside a longer value", "session=the-token; Secure"],
    ["the other form of the token", `jwt.${Buffer.from("the-token").toString("base64url")}`],
  ] as const) {
    it(`fails when a response header holds ${what}, and names the header alone`, () => {
      expect(tokenNeverEchoed.check(evidence(["Server", "witness"], ["X-Echo", value]))).toEqual({
        state: "fail",
        reason: "response header X-Echo holds a value that the client sent as a secret",
      });
    });
  }

  it("does not take the signature, which the probe itself puts into the URL, for a credential", () => {
    const location = `https://api.example.com/ws?headgate-signature=${attempt.secrets[0]!}`;
    expect(tokenNeverEchoed.check(evidence(["Location", location]))).toEqual({ state: "pass" });
  });

  it("is inconclusive when there was no response", () => {
    const { response: _, ...silent } = evidence().observation;
    expect(tokenNeverEchoed.check({ ...evidence(), observation: silent })).toEqual({
      state: "inconclusive",
      reason: "there was no response to look at",
    });
  });
});
