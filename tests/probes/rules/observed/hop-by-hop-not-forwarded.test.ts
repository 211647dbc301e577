import { describe, expect, it } from "vitest";
import type { HeaderList } from "../../../../http/header-list.ts";
import type { Attempt } from "../../../../probes/facts/case.ts";
import type { Judgement } from "../../../../probes/rules/define-rule.ts";
import { hopByHopNotForwarded } from "../../../../probes/rules/observed/hop-by-hop-not-forwarded.ts";
import { HOP_BY_HOP_NAMES } from "../../../../probes/plan/trial-headers.ts";
import { aWitness, anAttempt, answered } from "../../../support/builders.ts";

const trial = { kind: "platform", hopByHop: HOP_BY_HOP_NAMES, identity: [] } as const;
const upgrade = anAttempt({ trial });
const plain = anAttempt({ trial, protocol: "http" });
const PAIR: HeaderList = [
  ["upgrade", "websocket"],
  ["connection", "Upgrade"],
];
const check = (attempt: Attempt, arrived: HeaderList, sent?: HeaderList): Judgement =>
  hopByHopNotForwarded.check({
    attempt,
    observation: answered(attempt, [], { witness: aWitness(attempt, arrived), ...(sent !== undefined && { sent }) }),
    target: "emulated",
  });

describe("hop-by-hop-not-forwarded", () => {
  it("applies to the trial of the platform's headers alone", () => {
    for (const [attempt, applies] of [
      [upgrade, true],
      [plain, true],
      [anAttempt(), false],
      [anAttempt({ trial: { kind: "headroom" } }), false],
    ] as const)
      expect(hopByHopNotForwarded.appliesTo({ attempt, observation: answered(attempt, []), target: "live" })).toBe(
        applies,
      );
  });

  it("passes when none of them arrives, and an upgrade's pair is written anew", () => {
    expect(check(plain, [["via", "1.1 google"]])).toEqual({ state: "pass" });
    expect(check(upgrade, PAIR)).toEqual({ state: "pass" });
    // The proxy's own lines of these names are its own business.
    expect(
      check(plain, [
        ["te", "trailers"],
        ["connection", "keep-alive"],
      ]),
    ).toEqual({ state: "pass" });
  });

  for (const name of HOP_BY_HOP_NAMES) {
    const line = plain.lines.find(([own]) => own === name)!;

    it(`fails when the client's ${name} arrives, under any name`, () => {
      expect(check(plain, [line])).toEqual({ state: "fail", reason: `the client's ${name} arrived`, about: name });
      expect(check(plain, [["x-saved", line[1]]])).toMatchObject({ state: "fail", about: name });
    });

    it(`is inconclusive when ${name} was not on the wire`, () => {
      expect(
        check(
          plain,
          [],
          plain.lines.filter(([own]) => own !== name),
        ),
      ).toEqual({
        state: "inconclusive",
        reason: `the client did not put ${name} on the wire`,
      });
    });
  }

  it.each([
    [[["connection", "Upgrade"]], "Upgrade"],
    [[PAIR[0]!, ...PAIR], "Upgrade"],
    [[["upgrade", "h2c"], PAIR[1]!], "Upgrade"],
    [[PAIR[0]!], "Connection"],
    [[PAIR[0]!, ["connection", "Upgrade, X-Secret"]], "Connection"],
  ] as readonly (readonly [HeaderList, string])[])("fails on an upgrade that arrives as %j", (arrived, about) => {
    expect(check(upgrade, arrived)).toMatchObject({ state: "fail", about });
  });

  it("is inconclusive when nothing was tried, and when the service did not report", () => {
    const { tried: _, ...untried } = plain;
    expect(check(untried, [])).toMatchObject({ state: "inconclusive" });
    const { witness: __, ...refused } = answered(plain, []);
    expect(hopByHopNotForwarded.check({ attempt: plain, observation: refused, target: "live" })).toMatchObject({
      state: "inconclusive",
    });
  });
});
