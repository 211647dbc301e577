import { describe, expect, it } from "vitest";
import type { HeaderList } from "../../../../http/header-list.ts";
import type { Trial } from "../../../../probes/facts/case.ts";
import type { Judgement } from "../../../../probes/rules/define-rule.ts";
import { identityNotForgeable } from "../../../../probes/rules/observed/identity-not-forgeable.ts";
import { anAttempt, answered } from "../../../support/builders.ts";

const trial = { kind: "platform", hopByHop: [], identity: ["X-User-Id", "X-E2E-Bypass"] } as const;
const UNTRIED = { names: "X-Goog-…", reason: "no IAP" };
const attempt = anAttempt({ trial });
const [user, bypass] = attempt.tried!.map(({ canary }) => canary) as [string, string];
const check = (arrived: HeaderList, sent?: HeaderList): Judgement | readonly Judgement[] =>
  identityNotForgeable.check({
    attempt,
    observation: answered(attempt, arrived, sent === undefined ? {} : { sent }),
    target: "emulated",
  });
const PASSED = { state: "pass", about: "X-E2E-BYPASS" };

describe("identity-not-forgeable", () => {
  it("applies to the trial of the platform's headers that has something to try, or to say", () => {
    const applies = (other: Trial | undefined): boolean => {
      const made = anAttempt(other === undefined ? {} : { trial: other });
      return identityNotForgeable.appliesTo({ attempt: made, observation: answered(made, []), target: "live" });
    };
    expect(applies(trial)).toBe(true);
    expect(applies({ ...trial, identity: [], untried: UNTRIED })).toBe(true);
    expect(applies({ ...trial, identity: [] })).toBe(false);
    expect(applies({ kind: "headroom" })).toBe(false);
    expect(applies(undefined)).toBe(false);
  });

  it("passes when no canary arrives; the edge's own value may", () => {
    expect(check([["x-user-id", "from-the-edge"]])).toEqual([{ state: "pass", about: "X-USER-ID" }, PASSED]);
  });

  it.each(["x-user-id", "X-USER-ID", "x-forwarded-user"])("fails when the canary arrives as %s", (name) => {
    expect(check([[name, `user=${user}`]])).toEqual([
      { state: "fail", reason: `the client's value arrived as ${name}`, about: "X-USER-ID" },
      PASSED,
    ]);
  });

  it("judges each header by its own canary", () => {
    expect(check([["x-other", bypass]])).toMatchObject([{ state: "pass" }, { state: "fail", about: "X-E2E-BYPASS" }]);
  });

  it("is inconclusive about a header that was not on the wire, and about that alone", () => {
    expect(
      check(
        [],
        attempt.lines.filter(([name]) => name !== "X-USER-ID"),
      ),
    ).toEqual([
      { state: "inconclusive", reason: "the client did not put the header on the wire", about: "X-USER-ID" },
      PASSED,
    ]);
  });

  it("is inconclusive when the service did not report", () => {
    const { witness: _, ...refused } = answered(attempt, []);
    expect(identityNotForgeable.check({ attempt, observation: refused, target: "live" })).toMatchObject([
      { state: "inconclusive" },
      { state: "inconclusive" },
    ]);
  });

  it("is not applicable to what the plan does not try, with its reason", () => {
    const untried = anAttempt({ trial: { ...trial, identity: [], untried: UNTRIED } });
    expect(
      identityNotForgeable.check({ attempt: untried, observation: answered(untried, []), target: "live" }),
    ).toEqual([{ state: "not-applicable", reason: "no IAP", about: "X-Goog-…" }]);
  });
});
