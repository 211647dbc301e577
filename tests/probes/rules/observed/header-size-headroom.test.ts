import { describe, expect, it } from "vitest";
import type { HeaderList } from "../../../../http/header-list.ts";
import type { Attempt } from "../../../../probes/facts/case.ts";
import type { Observation } from "../../../../probes/facts/observation.ts";
import type { Judgement } from "../../../../probes/rules/define-rule.ts";
import { headerSizeHeadroom } from "../../../../probes/rules/observed/header-size-headroom.ts";
import { aHeader, aWitness, anAttempt, answered } from "../../../support/builders.ts";

const COOKIE = aHeader({ id: "cookie", name: "Cookie", send: "session=${token}" });
const doubled = anAttempt({ headers: [aHeader(), COOKIE], trial: { kind: "headroom" } });
const judge = (observation: Observation, attempt: Attempt = doubled): Judgement =>
  headerSizeHeadroom.check({ attempt, observation, target: "emulated" });
const arriving = (arrived: HeaderList, more: Partial<Observation> = {}): Judgement =>
  judge(answered(doubled, arrived, more));
const { witness: _, ...unwitnessed } = answered(doubled, []);

describe("header-size-headroom", () => {
  it("applies to the trial of sizes alone", () => {
    for (const [attempt, applies] of [
      [doubled, true],
      [anAttempt(), false],
    ] as const)
      expect(headerSizeHeadroom.appliesTo({ attempt, observation: answered(attempt, []), target: "live" })).toBe(
        applies,
      );
  });

  it("passes when every doubled credential arrives whole", () => {
    expect(arriving(doubled.lines)).toEqual({ state: "pass" });
  });

  for (const status of [400, 413, 431, 502]) {
    it(`fails with the status and the size when the answer is ${status}`, () => {
      const said = judge({ ...unwitnessed, response: { status, headers: [], body: "" } });
      expect(said).toMatchObject({ state: "fail" });
      expect(said).toHaveProperty("reason", expect.stringMatching(new RegExp(`^answered ${status} to \\d+ bytes`)));
    });
  }

  it("fails when a credential is cut, lost or changed, and names it", () => {
    const [name, value] = doubled.lines.find(([own]) => own === "Cookie")!;
    const others = doubled.lines.filter(([own]) => own !== name);
    for (const arrived of [others, [...others, [name, value.slice(0, -1)] as const], [...others, [name, "x"] as const]])
      expect(arriving(arrived)).toEqual({
        state: "fail",
        reason: "Cookie of twice the size did not arrive whole",
        about: "Cookie",
      });
  });

  it("fails when it arrives, but in a head that is larger than what is promised", () => {
    const padding: HeaderList = [["X-Padding", "x".repeat(61_000)]];
    const sent = [...doubled.lines, ...padding];
    expect(arriving(doubled.lines, { sent })).toHaveProperty(
      "reason",
      expect.stringMatching(/^it arrived, but URL and headers take 6\d{4} bytes, and no more than 61440 are promised$/),
    );
  });

  it("fails when another service answers, and is inconclusive about a stale answer", () => {
    const from = (more: object): Judgement => arriving([], { witness: aWitness(doubled, doubled.lines, more) });
    expect(from({ service: "frontend" })).toEqual({ state: "fail", reason: "service frontend answered" });
    expect(from({ nonce: "stale" })).toMatchObject({ state: "inconclusive" });
  });

  it("is inconclusive when the request ended without an answer", () => {
    expect(judge({ ...unwitnessed, failure: { phase: "response", message: "reset" } })).toEqual({
      state: "inconclusive",
      reason: "unreachable (response): reset",
    });
  });

  it("is inconclusive when nothing of twice the size was on the wire", () => {
    const { tried: __, ...untried } = doubled;
    expect(judge(answered(doubled, doubled.lines), untried)).toMatchObject({ state: "inconclusive" });
    expect(arriving(doubled.lines, { sent: [["Host", "x"]] })).toMatchObject({ state: "inconclusive" });
  });
});
