import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import type { Control } from "../../../probes/facts/result.ts";
import type { Observation } from "../../../probes/facts/observation.ts";
import { SHOWN, WITHHELD, planControl } from "../../../probes/plan/controls.ts";
import { mintAttempt } from "../../../probes/plan/mint.ts";
import { judgeClosed, judgeControl, mergeControls } from "../../../probes/rules/judge-controls.ts";
import { aWitness, answered, steadyMint } from "../../support/builders.ts";

const LEG = {
  name: "edge",
  endpoint: { scheme: "https", address: "127.0.0.1", port: 8443, host: "api.staging.example.com" },
  path: "/ws",
  protocols: ["websocket"],
  group: "edge",
} as const;
const attempt = mintAttempt(planControl("staging", LEG, "websocket"), steadyMint());
const judge = (observation: Observation): Control[] =>
  judgeControl(attempt, observation, "edge", { shown: SHOWN, withheld: WITHHELD });
const states = (observation: Observation): string[] => judge(observation).map(({ kind, state }) => `${kind} ${state}`);
const shown = attempt.lines.find(([name]) => name === SHOWN)!;

describe("judgeControl", () => {
  it("passes both when the sent header is seen and the withheld one is not", () => {
    expect(judge(answered(attempt, attempt.lines))).toEqual([
      { id: "positive websocket edge", kind: "positive", protocol: "websocket", env: "staging", state: "pass" },
      { id: "negative websocket edge", kind: "negative", protocol: "websocket", env: "staging", state: "pass" },
    ]);
  });

  for (const [what, arrived] of [
    ["is not seen", []],
    ["is seen with another value", [[SHOWN, "other"]]],
    ["is seen twice", [shown, shown]],
  ] as readonly (readonly [string, readonly HeaderLine[]])[]) {
    it(`fails the positive one when the sent header ${what}`, () => {
      expect(judge(answered(attempt, arrived))[0]).toMatchObject({
        kind: "positive",
        state: "fail",
        reason: "the witness does not show X-Headgate-Shown as it was sent",
      });
    });
  }

  it("fails the positive one when the header never was on the wire", () => {
    expect(states(answered(attempt, attempt.lines, { sent: [] }))).toEqual(["positive fail", "negative pass"]);
  });

  it("fails the negative one when the withheld header is seen, even empty", () => {
    expect(judge(answered(attempt, [shown, [WITHHELD.toLowerCase(), ""]]))[1]).toMatchObject({
      kind: "negative",
      state: "fail",
      reason: "the witness shows X-Headgate-Withheld, which was not sent",
    });
  });

  it("fails both for an answer to another request", () => {
    const stale = answered(attempt, attempt.lines, { witness: aWitness(attempt, attempt.lines, { nonce: "stale" }) });
    expect(states(stale)).toEqual(["positive fail", "negative fail"]);
  });

  it("is inconclusive in both when there was no answer", () => {
    const failure = { phase: "connect", message: "refused" } as const;
    expect(judge(answered(attempt, attempt.lines, { failure }))).toMatchObject([
      { state: "inconclusive", reason: "unreachable (connect): refused" },
      { state: "inconclusive", reason: "unreachable (connect): refused" },
    ]);
  });

  it("is inconclusive in both when another than a witness answered", () => {
    const { witness: _, ...observation } = answered(attempt, attempt.lines);
    expect(judge(observation)).toMatchObject([
      { state: "inconclusive", reason: "answered 101, and not by a witness" },
      { state: "inconclusive", reason: "answered 101, and not by a witness" },
    ]);
  });
});

describe("mergeControls", () => {
  const control = (state: Control["state"], more: Partial<Control> = {}): Control => ({
    id: "positive websocket edge",
    kind: "positive",
    protocol: "websocket",
    env: "staging",
    state,
    ...more,
  });
  const merged = (...states: Control["state"][]): string[] =>
    mergeControls(states.map((state) => control(state))).map(({ state }) => state);

  it("lets one that held stand in for one that could not look", () => {
    expect(merged("inconclusive", "pass")).toEqual(["pass"]);
    expect(merged("pass", "inconclusive")).toEqual(["pass"]);
  });

  it("lets a failure count, whatever else held", () => {
    expect(merged("pass", "fail", "pass")).toEqual(["fail"]);
  });

  it("stays inconclusive when none could look", () => {
    expect(merged("inconclusive", "inconclusive")).toEqual(["inconclusive"]);
  });

  it("keeps controls of another id and of another environment apart", () => {
    const controls = [
      control("fail"),
      control("pass", { id: "negative websocket edge" }),
      control("pass", { env: "production" }),
    ];
    expect(mergeControls(controls)).toEqual(controls);
  });
});

describe("judgeClosed", () => {
  const refused = (status: number): Observation => {
    const { witness: _, ...rest } = answered(attempt, []);
    return { ...rest, response: { status, headers: [], body: "" } };
  };
  const unreached: Observation = { ...refused(0), failure: { phase: "connect", message: "connection refused" } };
  const closed = (...observations: readonly Observation[]) =>
    judgeClosed(
      "staging (preview)",
      observations.map((observation) => ({ observation, byEdge: true })),
    );

  it.each([403, 404])("passes when the edge answers every request with %s", (status) => {
    expect(closed(refused(status), refused(404))).toEqual({
      id: "negative http preview-closed",
      kind: "negative",
      protocol: "http",
      env: "staging (preview)",
      state: "pass",
    });
  });

  it("fails when one request reaches a service", () => {
    expect(closed(refused(404), answered(attempt, []))).toMatchObject({
      state: "fail",
      reason: "a request without the preview header reached service backend".replace("backend", attempt.case.service),
    });
  });

  it.each([200, 302, 401, 429, 501, 503])("fails on a %s", (status) => {
    expect(closed(refused(status))).toMatchObject({
      state: "fail",
      reason: expect.stringContaining(`${status}`) as string,
    });
  });

  it("fails when somebody behind the edge refuses", () => {
    const control = judgeClosed("staging (preview)", [{ observation: refused(403), byEdge: false }]);
    expect(control).toMatchObject({ state: "fail" });
  });

  it("cannot tell when nothing is reached or tried, and fails when a part is not reached", () => {
    expect(closed()).toMatchObject({ state: "inconclusive" });
    expect(closed(unreached)).toMatchObject({
      state: "inconclusive",
      reason: "unreachable (connect): connection refused",
    });
    expect(closed(refused(404), unreached)).toMatchObject({ state: "fail" });
  });
});
