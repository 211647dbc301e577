import { describe, expect, it } from "vitest";
import type { HeaderList } from "../../../../http/header-list.ts";
import type { Judgement } from "../../../../probes/rules/define-rule.ts";
import { hostIntact } from "../../../../probes/rules/observed/host-intact.ts";
import { aWitness, anAttempt, answered } from "../../../support/builders.ts";

const attempt = anAttempt();
const SENT: HeaderList = [["Host", "api.staging.example.com"]];
const check = (arrived: HeaderList, sent = SENT): Judgement =>
  hostIntact.check({
    attempt,
    observation: answered(attempt, [], { sent, witness: aWitness(attempt, arrived) }),
    target: "emulated",
  });

describe("host-intact", () => {
  it("applies to every request", () => {
    expect(hostIntact.appliesTo({ attempt, observation: answered(attempt, []), target: "live" })).toBe(true);
  });

  it("passes when the service sees the host that was asked for, in any case", () => {
    expect(check([["host", "api.staging.example.com"]])).toEqual({ state: "pass" });
    expect(check([["host", "API.staging.example.com"]])).toEqual({ state: "pass" });
  });

  it.each([
    [[["host", "backend-xyz.a.run.app"]], "the service sees another host"],
    [[["host", "api.staging.example.com:443"]], "the service sees another host"],
    [[], "the service received 0 Host lines"],
    [[SENT[0]!, SENT[0]!], "the service received 2 Host lines"],
  ] as readonly (readonly [HeaderList, string])[])("fails on %j", (arrived, reason) => {
    expect(check(arrived)).toEqual({ state: "fail", reason });
  });

  it("is inconclusive when the wire did not hold exactly one host", () => {
    for (const sent of [[], [...SENT, ...SENT]])
      expect(check(SENT, sent)).toEqual({ state: "inconclusive", reason: "the client did not send exactly one Host" });
  });

  it("is inconclusive when the service did not report on this request", () => {
    const stale = answered(attempt, [], { witness: aWitness(attempt, SENT, { nonce: "stale" }) });
    const other = answered(attempt, [], { witness: aWitness(attempt, SENT, { service: "frontend" }) });
    const { witness: _, ...refused } = answered(attempt, []);
    for (const observation of [stale, other, refused])
      expect(hostIntact.check({ attempt, observation, target: "live" })).toEqual({
        state: "inconclusive",
        reason: "the service did not report what it received",
      });
  });

  it("is inconclusive when nothing is known of the wire", () => {
    const { sent: _, ...untapped } = answered(attempt, []);
    expect(hostIntact.check({ attempt, observation: untapped, target: "live" })).toMatchObject({
      state: "inconclusive",
    });
  });
});
