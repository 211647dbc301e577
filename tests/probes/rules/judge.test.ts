import { describe, expect, it } from "vitest";
import type { HeaderList } from "../../../http/header-list.ts";
import type { Observation } from "../../../probes/facts/observation.ts";
import type { Cell } from "../../../probes/facts/result.ts";
import { compareLines } from "../../../probes/probers/compare-lines.ts";
import { cannotTell, judgeAttempt } from "../../../probes/rules/judge.ts";
import {
  BENCH,
  aCell,
  aHeader,
  aWitness,
  anAttempt,
  answered,
  fingerprint,
  steadyMint,
} from "../../support/builders.ts";

const { send: _, ...IDENTITY } = aHeader({ id: "identity", name: "X-User-Id", arrives: { kind: "never" } });
const attempt = anAttempt({ headers: [aHeader(), IDENTITY], answer: "jwt-auth" });
const AUTHORIZATION = attempt.lines.find(([name]) => name === "Authorization")!;
const good = answered(attempt, [AUTHORIZATION]);
const judge = (observation: Observation): Cell[] => judgeAttempt(attempt, observation, BENCH);
const cell = (cells: readonly Cell[], rule: string): Cell => {
  const found = cells.filter((each) => each.rule === rule);
  expect(found).toHaveLength(1);
  return found[0]!;
};
const states = (cells: readonly Cell[]): Record<string, string> =>
  Object.fromEntries(cells.map(({ rule, state }) => [rule, state]));

/** An observation of an answer that did not come from a witness. */
function refused(status: number, more: Partial<Observation> = {}): Observation {
  const { witness: __, ...rest } = good;
  return { ...rest, response: { status, headers: [], body: "" }, ...more };
}

describe("judgeAttempt of a request that reached its service", () => {
  it("passes every rule on the request and on each header", () => {
    expect(states(judge(good))).toEqual({
      "certificate-covers-host": "pass",
      "reaches-declared-service": "pass",
      "host-intact": "pass",
      "subprotocol-answered": "pass",
      "token-never-echoed": "pass",
      "header-unchanged": "pass",
      "header-never": "pass",
    });
  });

  it("leaves out the rules that do not apply", () => {
    const plain = anAttempt({ headers: [], protocol: "http" });
    const cells = judgeAttempt(plain, answered(plain, [], { secure: false }), BENCH);
    expect(cells.map(({ rule }) => rule)).toEqual(["reaches-declared-service", "host-intact"]);
  });

  it("says of a header what was sent, what arrived and who answered, in fingerprints", () => {
    const print = [fingerprint(AUTHORIZATION[1])];
    const id = `${attempt.case.id} header-unchanged authorization`;
    expect(cell(judge(good), "header-unchanged")).toEqual(aCell({ id, sent: print, arrived: print }));
  });

  it("fails only the header that the far side does not have", () => {
    const cells = judge(answered(attempt, []));
    expect(cells.filter(({ state }) => state === "fail")).toMatchObject([
      { rule: "header-unchanged", observation: "stripped", reason: "the header was stripped", arrived: [] },
    ]);
  });

  it("is inconclusive when the wire carries another value than the planned one, even if that value arrives", () => {
    const sent: HeaderList = [["Authorization", "Bearer other"]];
    const observation = answered(attempt, [["authorization", "Bearer other"]], { sent });
    expect(cell(judge(observation), "header-unchanged")).toMatchObject({
      state: "inconclusive",
      observation: "not-sent",
      sent: [fingerprint("Bearer other")],
    });
  });

  it("is inconclusive about a header that was not on the wire, and that alone", () => {
    const cells = judge(answered(attempt, [], { sent: good.sent!.filter(([name]) => name !== "Authorization") }));
    expect(cells.filter(({ state }) => state !== "pass")).toMatchObject([
      {
        rule: "header-unchanged",
        state: "inconclusive",
        reason: "the client did not put the planned value on the wire",
      },
    ]);
    expect(cell(cells, "header-unchanged")).not.toHaveProperty("consequenceOf");
  });

  it("is inconclusive about every header when nothing is known of the wire", () => {
    const { sent: __, ...untapped } = good;
    const cells = judge(untapped);
    expect(cell(cells, "header-unchanged").state).toBe("inconclusive");
    expect(cell(cells, "header-never").state).toBe("inconclusive");
  });
});

describe("judgeAttempt of a request that another service answered", () => {
  const cells = judge({ ...good, witness: aWitness(attempt, [AUTHORIZATION], { service: "frontend" }) });
  const failed = cell(cells, "reaches-declared-service");

  it("fails the rule on the service", () => {
    expect(failed).toMatchObject({ state: "fail", reason: "service frontend answered" });
  });

  it("makes every header a consequence of that failure, whatever arrived", () => {
    for (const rule of ["header-unchanged", "header-never"]) {
      expect(cell(cells, rule)).toMatchObject({
        state: "inconclusive",
        consequenceOf: failed.id,
        reason: "the service was not reached: service frontend answered",
        observation: null,
        arrived: [],
      });
    }
  });
});

describe("judgeAttempt of a request that the edge answered itself", () => {
  const cells = judge(refused(403));
  const failed = cell(cells, "reaches-declared-service");

  it("makes the headers unreachable, as a consequence", () => {
    expect(cell(cells, "header-unchanged")).toMatchObject({
      state: "inconclusive",
      observation: "unreachable",
      consequenceOf: failed.id,
      sent: [fingerprint(AUTHORIZATION[1])],
    });
  });

  it("makes the undecided rule on the subprotocol a consequence too", () => {
    expect(cell(cells, "subprotocol-answered")).toMatchObject({
      state: "inconclusive",
      consequenceOf: failed.id,
      reason: "answered 403 before the service was reached",
    });
  });

  it("says with which status, and that no service did", () => {
    expect(failed.answeredBy).toEqual({ service: null, revision: null, status: 403 });
  });
});

describe("judgeAttempt of a request that got no answer", () => {
  const { response: __, witness: ___, ...silent } = good;

  it("makes everything a consequence of a certificate that does not name the host", () => {
    const cells = judge({ ...silent, failure: { phase: "tls-name", message: "names other.example.com" } });
    const failed = cell(cells, "certificate-covers-host");
    expect(failed.state).toBe("fail");
    expect(cells.filter(({ consequenceOf }) => consequenceOf === failed.id)).toHaveLength(cells.length - 1);
    expect(failed.answeredBy).toBeNull();
  });

  it("blames nothing when the edge could not be reached: all is open, none a consequence", () => {
    const cells = judge({ ...silent, failure: { phase: "connect", message: "refused" } });
    expect(new Set(cells.map(({ state }) => state))).toEqual(new Set(["inconclusive"]));
    expect(cells.filter(({ consequenceOf }) => consequenceOf !== undefined)).toEqual([]);
    expect(new Set(cells.map(({ reason }) => reason))).toEqual(new Set(["unreachable (connect): refused"]));
  });
});

describe("judgeAttempt of a 101 that the client refused for its subprotocol", () => {
  const { witness: __, ...unheard } = good;
  const failure = { phase: "handshake", message: "selects a subprotocol that was not offered" } as const;
  const cells = judge({ ...unheard, subprotocol: "other", failure });
  const failed = cell(cells, "subprotocol-answered");

  it("makes what the service could not report a consequence of that", () => {
    expect(failed.state).toBe("fail");
    for (const rule of ["reaches-declared-service", "header-unchanged", "header-never"])
      expect(cell(cells, rule)).toMatchObject({ state: "inconclusive", consequenceOf: failed.id });
  });
});

describe("judgeAttempt of a request that was not sent as it was meant", () => {
  const failure = { phase: "send", message: "the client did not put the planned Cookie on the wire" } as const;

  it("convicts nobody, whatever came back", () => {
    const broken = { ...good, subprotocol: "other", witness: aWitness(attempt, [], { service: "frontend" }) };
    for (const observation of [good, broken, refused(403)]) {
      const cells = judge({ ...observation, failure });
      expect(cells.filter(({ state }) => state === "fail")).toEqual([]);
      expect(cell(cells, "header-unchanged")).toMatchObject({ state: "inconclusive", observation: "not-sent" });
      expect(cell(cells, "header-unchanged").reason).toContain(failure.message);
    }
  });
});

describe("judgeAttempt of a header on several lines", () => {
  const [, value] = AUTHORIZATION;
  const two = ["Authorization", value] as const;
  const sent = [...(good.sent ?? []), ["Authorization", "second"] as const];
  const bench: typeof BENCH = {
    ...BENCH,
    compareLines: (name, own, seen) =>
      compareLines(name, seen.sent ?? [], seen.witness!.headers, own.canaries["authorization"]!),
  };

  it("says of a failure which line it was, and of each line what became of it", () => {
    const observation = { ...good, sent, witness: aWitness(attempt, [two]) };
    const failed = cell(judgeAttempt(attempt, observation, bench), "header-unchanged");
    expect(failed.state).toBe("fail");
    expect(failed.reason).toBe("the header was replaced (line 2 stripped)");
    expect(failed.lines).toEqual([
      { sent: 0, arrived: 0, observation: "intact" },
      { sent: 1, arrived: null, observation: "stripped" },
    ]);
  });

  it("says nothing of lines where the header stood on one", () => {
    expect(cell(judgeAttempt(attempt, good, bench), "header-unchanged")).not.toHaveProperty("lines");
  });
});

describe("judgeAttempt of a stale answer", () => {
  const cells = judge({ ...good, witness: aWitness(attempt, [], { nonce: "stale" }) });

  it("is inconclusive about the service, not failed", () => {
    expect(cell(cells, "reaches-declared-service").state).toBe("inconclusive");
  });

  it("is inconclusive about every header, and none of them is a consequence", () => {
    for (const rule of ["header-unchanged", "header-never"]) {
      expect(cell(cells, rule).state).toBe("inconclusive");
      expect(cell(cells, rule)).not.toHaveProperty("consequenceOf");
    }
  });
});

describe("judgeAttempt of a header that the client cannot carry", () => {
  const skipping = anAttempt({ headers: [], skipped: [{ header: aHeader(), reason: "a page cannot send it" }] });

  it("is not applicable, with the reason", () => {
    const cells = judgeAttempt(skipping, answered(skipping, []), BENCH);
    expect(cell(cells, "header-unchanged")).toMatchObject({
      header: "Authorization",
      state: "not-applicable",
      reason: "a page cannot send it",
      observation: null,
    });
  });

  it("stays not applicable when the service is not reached", () => {
    const { response: __, witness: ___, ...silent } = answered(skipping, []);
    const cells = judgeAttempt(skipping, { ...silent, failure: { phase: "connect", message: "refused" } }, BENCH);
    expect(cell(cells, "header-unchanged").state).toBe("not-applicable");
  });
});

describe("judgeAttempt and secrets", () => {
  const secretive = anAttempt(
    { headers: [aHeader(), IDENTITY], answer: "jwt-auth" },
    steadyMint({ token: "the-real-token" }),
  );
  const found = (observation: Observation): string[] => {
    const text = JSON.stringify(judgeAttempt(secretive, observation, BENCH));
    return secretive.secrets.filter((secret) => text.includes(secret));
  };
  const whole = secretive.secrets.join(" ");
  const base = answered(secretive, secretive.lines);
  const { response: __, witness: ___, ...silent } = base;

  it("has secrets to look for", () => {
    expect(secretive.secrets).toEqual(expect.arrayContaining(["the-real-token"]));
    expect(secretive.secrets.length).toBeGreaterThan(3);
  });

  for (const [what, observation] of [
    ["the request went through", base],
    [
      "the response repeats them in a header's value",
      { ...base, response: { status: 101, headers: [["X-Echo", whole]], body: whole } },
    ],
    [
      "the response repeats them in a header's name",
      { ...base, response: { status: 101, headers: [[whole, whole]], body: "" } },
    ],
    ["an error message repeats them", { ...silent, failure: { phase: "connect", message: `no route to ${whole}` } }],
    ["a certificate error repeats them", { ...silent, failure: { phase: "tls-name", message: whole } }],
    ["the selected subprotocol is one of them", { ...base, subprotocol: "the-real-token" }],
  ] as readonly (readonly [string, Observation])[]) {
    it(`shows none of them when ${what}`, () => {
      expect(found(observation)).toEqual([]);
    });
  }

  it("still says what happened, with the secret taken out", () => {
    const failure = { phase: "connect", message: "no route to the-real-token" } as const;
    const cells = judgeAttempt(secretive, { ...silent, failure }, BENCH);
    expect(cell(cells, "reaches-declared-service").reason).toBe("unreachable (connect): no route to [redacted]");
  });
});

describe("cannotTell", () => {
  it("puts a reason in place of what a rule said", () => {
    expect(cannotTell(aCell(), "why")).toMatchObject({ state: "inconclusive", reason: "why" });
  });

  it("makes a consequence stand by itself", () => {
    const hidden = aCell({ state: "inconclusive", reason: "hidden", consequenceOf: "other" });
    expect(cannotTell(hidden, "why")).not.toHaveProperty("consequenceOf");
  });

  it("leaves alone what does not apply", () => {
    const skipped = aCell({ state: "not-applicable", reason: "a page cannot" });
    expect(cannotTell(skipped, "why")).toBe(skipped);
  });
});
