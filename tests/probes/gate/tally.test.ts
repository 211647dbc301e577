import { describe, expect, it } from "vitest";
import type { Case } from "../../../probes/facts/case.ts";
import type { Observation } from "../../../probes/facts/observation.ts";
import { count, coverageOf } from "../../../probes/gate/tally.ts";
import { REFERENCE, aCase, aCell, aWaived, aWitness, anAttempt, answered, contractOf } from "../../support/builders.ts";

const CONTRACT = contractOf(REFERENCE);

interface Seen {
  readonly case: Case;
  readonly observation: Observation;
}

function seen(planned: Partial<Case>, more: Partial<Observation> = {}): Seen {
  const attempt = anAttempt(planned);
  return { case: attempt.case, observation: answered(attempt, [], { witness: aWitness(attempt, []), ...more }) };
}

/** A request that no one answered. */
function lost(planned: Partial<Case>, phase: "connect" | "interrupted" | "deadline"): Seen {
  const { case: own, observation } = seen(planned);
  const { witness: _, response: __, ...silent } = observation;
  return { case: own, observation: { ...silent, failure: { phase, message: "why" } } };
}

describe("count", () => {
  it("counts requests and upgrades that were answered, and no others", () => {
    const observations = [
      seen({ protocol: "http" }),
      seen({ protocol: "http" }),
      seen({ protocol: "websocket" }),
      lost({ protocol: "http" }, "connect"),
      lost({ protocol: "websocket" }, "deadline"),
    ];
    expect(count(CONTRACT, 1, observations, [])).toMatchObject({ httpRequests: 2, upgrades: 1 });
  });

  it("counts a refusal as an answer", () => {
    const { witness: _, ...refusal } = seen({}).observation;
    const refused = { case: aCase(), observation: { ...refusal, response: { status: 403, headers: [], body: "" } } };
    expect(count(CONTRACT, 1, [refused], [])).toMatchObject({ upgrades: 1 });
  });

  it("counts each cell under its state, a consequence apart from what could not look", () => {
    const cells = [
      aCell(),
      aCell(),
      aCell({ state: "fail" }),
      aCell({ state: "fail", waived: aWaived() }),
      aCell({ state: "fail", waived: aWaived() }),
      aCell({ state: "fail", waived: aWaived() }),
      aCell({ state: "inconclusive" }),
      aCell({ state: "inconclusive", consequenceOf: "other" }),
      aCell({ state: "inconclusive", consequenceOf: "other" }),
      aCell({ state: "not-applicable" }),
      aCell({ state: "closed-by-design" }),
    ];
    expect(count(CONTRACT, 1, [], cells)).toMatchObject({
      pass: 2,
      fail: 1,
      waived: 3,
      inconclusive: 1,
      consequences: 2,
      notApplicable: 1,
    });
  });

  it("counts the declared routes, and each header that a route uses once", () => {
    expect(count(CONTRACT, 2, [], [])).toMatchObject({ environments: 2, routes: 5, headers: 7 });
  });
});

describe("coverageOf", () => {
  const one = aCase({ id: "1" });
  const two = aCase({ id: "2", client: "browser" });

  it("adds up the cases of one path form and protocol", () => {
    expect(coverageOf([one, two], [seen({ id: "1" }), seen({ id: "2" })])).toEqual([
      {
        env: "staging",
        route: "api.${domain} /ws",
        form: "/ws",
        protocol: "websocket",
        witnessed: 2,
        attempted: 2,
        at: { file: "headgate.yaml", line: 35, column: 13 },
      },
    ]);
  });

  it("keeps protocols, path forms and environments apart", () => {
    const cases = [one, aCase({ protocol: "http" }), aCase({ form: "/ws/*" }), aCase({ env: "production" })];
    expect(coverageOf(cases, [])).toHaveLength(4);
  });

  it("has an entry for what was planned and never tried", () => {
    expect(coverageOf([one], [])).toMatchObject([{ attempted: 0, witnessed: 0 }]);
  });

  it("counts what was tried and not answered by a witness as tried alone", () => {
    expect(coverageOf([one], [lost({ id: "1" }, "deadline")])).toMatchObject([{ attempted: 1, witnessed: 0 }]);
  });

  it("does not count what an interrupted run left out as tried", () => {
    expect(coverageOf([one], [lost({ id: "1" }, "interrupted")])).toMatchObject([{ attempted: 0, witnessed: 0 }]);
  });
});
