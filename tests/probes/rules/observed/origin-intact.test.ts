import { describe, expect, it } from "vitest";
import type { HeaderList } from "../../../../http/header-list.ts";
import type { Judgement } from "../../../../probes/rules/define-rule.ts";
import { originIntact } from "../../../../probes/rules/observed/origin-intact.ts";
import { anAttempt, answered } from "../../../support/builders.ts";

const page = anAttempt({ client: "browser", headers: [], page: "app.staging.example.com" });
const check = (arrived: HeaderList, sent?: HeaderList): Judgement =>
  originIntact.check({
    attempt: page,
    observation: answered(page, arrived, sent === undefined ? {} : { sent }),
    target: "emulated",
  });

describe("origin-intact", () => {
  it("applies to a page's upgrade and to a fetch across origins, and to no request without an origin", () => {
    const applies = (attempt = page): boolean =>
      originIntact.appliesTo({ attempt, observation: answered(attempt, []), target: "emulated" });
    expect(applies()).toBe(true);
    expect(applies(anAttempt({ client: "browser", protocol: "http", page: "app.staging.example.com" }))).toBe(true);
    expect(applies(anAttempt({ client: "browser", protocol: "http" }))).toBe(false);
    expect(applies(anAttempt())).toBe(false);
  });

  it("passes when the origin arrives as it was sent", () => {
    expect(check([["origin", "https://app.staging.example.com"]])).toEqual({ state: "pass" });
  });

  it.each([
    [[], "Origin did not arrive"],
    [[["origin", "https://api.staging.example.com"]], "the service sees another origin"],
    [[["origin", "null"]], "the service sees another origin"],
    [[page.lines[0]!, page.lines[0]!], "the service sees another origin"],
  ] as readonly (readonly [HeaderList, string])[])("fails on %j", (arrived, reason) => {
    expect(check(arrived)).toEqual({ state: "fail", reason });
  });

  it("is inconclusive when the wire held no origin, even if one arrives", () => {
    expect(check(page.lines, [["Host", page.case.host]])).toEqual({
      state: "inconclusive",
      reason: "the client did not send exactly one Origin",
    });
  });
});
