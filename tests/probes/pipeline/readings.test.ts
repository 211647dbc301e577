import { describe, expect, it } from "vitest";
import type { Case } from "../../../probes/facts/case.ts";
import type { AssumptionName, Assumptions } from "../../../probes/model/assumptions.ts";
import type { Judged } from "../../../probes/pipeline/input.ts";
import { underEveryReading } from "../../../probes/pipeline/readings.ts";
import { aCase, aCell } from "../../support/builders.ts";

const QUIET = aCase({ id: "quiet" });
const ASKING = aCase({ id: "asking" });
const CURIOUS = aCase({ id: "curious" });

/** Notes every judgement as `case: reading`; a case asks what `asks` says, and breaks where `breaks` says. */
function bench(
  asks: (id: string, reading: Assumptions) => AssumptionName[],
  breaks: (id: string, reading: Assumptions) => boolean = () => false,
): { made: string[]; judge: (reading: Assumptions, cases: readonly Case[]) => Judged[] } {
  const made: string[] = [];
  return {
    made,
    judge: (reading, cases) =>
      cases.map((planned) => {
        made.push(`${planned.id}: ${JSON.stringify(reading)}`);
        const state = breaks(planned.id, reading) ? "fail" : "pass";
        return {
          case: planned,
          observation: { caseId: planned.id, secure: true, durationMs: 0 },
          cells: [aCell({ id: planned.id, state })],
          questions: asks(planned.id, reading),
          notes: [],
        };
      }),
  };
}

const states = (all: readonly Judged[]): string[] => all.flatMap(({ cells }) => cells.map(({ state }) => state));

describe("underEveryReading", () => {
  it("judges a case that asks nothing once, and one that asks once under each value", async () => {
    const { made, judge } = bench((id) => (id === "asking" ? ["token-signature"] : []));
    const judged = await underEveryReading([QUIET, ASKING], judge);
    expect(made).toEqual(["quiet: {}", "asking: {}", 'asking: {"token-signature":"kept"}']);
    expect(judged.map(({ case: { id } }) => id)).toEqual(["quiet", "asking"]);
    expect(states(judged)).toEqual(["pass", "pass"]);
  });

  it("is inconclusive about what another value than the first breaks", async () => {
    const { judge } = bench(
      () => ["token-signature"],
      (_, reading) => reading["token-signature"] === "kept",
    );
    expect(states(await underEveryReading([ASKING], judge))).toEqual(["inconclusive"]);
  });

  it("goes round again with what a reading raises, and never judges one twice", async () => {
    const { made, judge } = bench((_, reading) =>
      reading["token-signature"] === "kept" ? ["token-signature", "upgrade-with-cdn"] : ["token-signature"],
    );
    await underEveryReading([CURIOUS], judge);
    expect(made).toHaveLength(4);
    expect(new Set(made).size).toBe(4);
    expect(made).toContain('curious: {"token-signature":"kept","upgrade-with-cdn":"refused"}');
  });
});
