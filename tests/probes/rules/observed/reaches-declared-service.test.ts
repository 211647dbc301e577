import { describe, expect, it } from "vitest";
import type { Protocol } from "../../../../contract/contract.ts";
import type { Judgement } from "../../../../probes/rules/define-rule.ts";
import { reachesDeclaredService } from "../../../../probes/rules/observed/reaches-declared-service.ts";
import { aWitness, anAttempt, answered } from "../../../support/builders.ts";

const attempt = anAttempt();
const observation = answered(attempt, attempt.lines);
const { witness: _, ...unwitnessed } = observation;

/** What is said of an answer that no witness gave. */
function withoutWitness(status: number, target: "emulated" | "live", protocol: Protocol = "http"): Judgement {
  const response = { status, headers: [], body: "" };
  return reachesDeclaredService.check({
    attempt: anAttempt({ protocol }),
    observation: { ...unwitnessed, response },
    target,
  });
}

describe("reaches-declared-service", () => {
  it("passes when the declared service answered this very request", () => {
    expect(reachesDeclaredService.check({ attempt, observation, target: "emulated" })).toEqual({ state: "pass" });
  });

  it("fails when another service answered", () => {
    const witness = aWitness(attempt, [], { service: "frontend" });
    expect(reachesDeclaredService.check({ attempt, observation: { ...observation, witness }, target: "live" })).toEqual(
      { state: "fail", reason: "service frontend answered" },
    );
  });

  it("is inconclusive for an answer to another request, even of the right service", () => {
    const witness = aWitness(attempt, [], { nonce: "stale" });
    expect(
      reachesDeclaredService.check({ attempt, observation: { ...observation, witness }, target: "emulated" }),
    ).toEqual({
      state: "inconclusive",
      reason: "the witness answered with a stale nonce: the answer belongs to another request",
    });
  });

  it("is inconclusive for an answer to another request of another service", () => {
    const witness = aWitness(attempt, [], { nonce: "stale", service: "frontend" });
    expect(
      reachesDeclaredService.check({ attempt, observation: { ...observation, witness }, target: "emulated" }),
    ).toMatchObject({ state: "inconclusive" });
  });

  it("is inconclusive when the attempt failed, even if a witness had answered", () => {
    const failure = { phase: "deadline", message: "no answer within the deadline" } as const;
    expect(
      reachesDeclaredService.check({ attempt, observation: { ...observation, failure }, target: "emulated" }),
    ).toEqual({ state: "inconclusive", reason: "unreachable (deadline): no answer within the deadline" });
  });

  it("fails when the emulated edge answered itself: there every service is a witness", () => {
    expect(withoutWitness(404, "emulated")).toEqual({
      state: "fail",
      reason: "answered 404 before the service was reached",
    });
  });

  it("is inconclusive when a live application answered in place of a witness", () => {
    expect(withoutWitness(200, "live")).toEqual({
      state: "inconclusive",
      reason: "answered 200, and not by a witness: is one running behind this route, with the same key?",
    });
  });

  for (const status of [301, 308]) {
    it(`fails when a live edge redirects with ${status}`, () => {
      expect(withoutWitness(status, "live")).toMatchObject({ state: "fail" });
    });
  }

  for (const status of [400, 403, 426, 502, 503]) {
    it(`fails when a live edge refuses the upgrade with ${status}`, () => {
      expect(withoutWitness(status, "live", "websocket")).toMatchObject({ state: "fail" });
    });

    it(`is inconclusive when a plain live request is answered ${status}, which may be the application's`, () => {
      expect(withoutWitness(status, "live")).toMatchObject({ state: "inconclusive" });
    });
  }
});
