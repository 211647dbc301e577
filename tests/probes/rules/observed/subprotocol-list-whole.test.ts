import { describe, expect, it } from "vitest";
import type { HeaderList } from "../../../../http/header-list.ts";
import type { Attempt } from "../../../../probes/facts/case.ts";
import type { Judgement } from "../../../../probes/rules/define-rule.ts";
import { subprotocolListWhole } from "../../../../probes/rules/observed/subprotocol-list-whole.ts";
import { aHeader, anAttempt, answered } from "../../../support/builders.ts";

const NAME = "Sec-WebSocket-Protocol";
const LIST = aHeader({ id: "session-token", name: NAME, send: "jwt-auth, jwt.${token:base64url}" });
const offering = (entries: number, lines: 1 | 2): Attempt =>
  anAttempt({ headers: [LIST], answer: "jwt-auth", trial: { kind: "subprotocols", entries, lines } });
const entriesOf = ({ lines }: Attempt): string[] =>
  lines.filter(([name]) => name === NAME).flatMap(([, value]) => value.split(", "));
const asLines = (...values: string[]): HeaderList => values.map((value) => [NAME, value]);
const check = (attempt: Attempt, arrived: HeaderList, sent?: HeaderList): Judgement =>
  subprotocolListWhole.check({
    attempt,
    observation: answered(attempt, arrived, sent === undefined ? {} : { sent }),
    target: "emulated",
  });

describe("subprotocol-list-whole", () => {
  it("applies to an upgrade that offers a list, unless the edge is declared to write or remove it", () => {
    const applies = (attempt: Attempt): boolean =>
      subprotocolListWhole.appliesTo({ attempt, observation: answered(attempt, []), target: "live" });
    expect(applies(anAttempt({ headers: [LIST] }))).toBe(true);
    expect(applies(offering(3, 1))).toBe(true);
    expect(applies(anAttempt())).toBe(false);
    expect(applies(anAttempt({ headers: [LIST], protocol: "http" }))).toBe(false);
    for (const arrives of [{ kind: "never" }, { kind: "set", pattern: "x" }] as const)
      expect(applies(anAttempt({ headers: [{ ...LIST, arrives }] }))).toBe(false);
  });

  for (const [entries, lines] of [
    [1, 1],
    [2, 1],
    [3, 1],
    [2, 2],
    [3, 2],
  ] as const) {
    describe(`of ${entries} entries on ${lines} lines`, () => {
      const attempt = offering(entries, lines);
      const list = entriesOf(attempt);

      it("passes however it is cut into lines", () => {
        for (const arrived of [asLines(list.join(", ")), asLines(list.join(",")), asLines(...list)])
          expect(check(attempt, arrived)).toEqual({ state: "pass" });
      });

      it("fails when an entry is lost or added, with the counts and no entry", () => {
        expect(check(attempt, asLines(...list.slice(1)))).toEqual({
          state: "fail",
          reason: `an entry was lost (${entries} offered, ${entries - 1} arrived)`,
        });
        expect(check(attempt, asLines(list.join(), "chat"))).toEqual({
          state: "fail",
          reason: `an entry was added (${entries} offered, ${entries + 1} arrived)`,
        });
      });

      it("fails when an entry is another one", () => {
        expect(check(attempt, asLines(...list.slice(1), "chat"))).toMatchObject({ state: "fail" });
      });

      if (entries === 1) return;
      it("fails when the order is another one, on one line or on several", () => {
        const turned = [...list].reverse();
        for (const arrived of [asLines(turned.join(", ")), asLines(...turned)])
          expect(check(attempt, arrived)).toEqual({
            state: "fail",
            reason: `the entries arrived in another order (${entries} offered, ${entries} arrived)`,
          });
      });
    });
  }

  it("is inconclusive when the wire did not hold the planned list, or not on its lines", () => {
    const attempt = offering(2, 2);
    const list = entriesOf(attempt);
    for (const sent of [[], asLines("chat"), asLines(list.join(", "))])
      expect(check(attempt, asLines(...list), sent)).toEqual({
        state: "inconclusive",
        reason: "the client did not put the planned list on the wire",
      });
  });

  it("is inconclusive when the service did not report", () => {
    const attempt = offering(1, 1);
    const { witness: _, ...refused } = answered(attempt, []);
    expect(subprotocolListWhole.check({ attempt, observation: refused, target: "live" })).toMatchObject({
      state: "inconclusive",
    });
  });
});
