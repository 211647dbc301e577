import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEED as DRAWN } from "../support/oracle/corpus.ts";
import { KNOWN_DISAGREEMENTS, unexplained } from "../support/oracle/known.ts";
import { anyPair, comparePair } from "../support/oracle/pairs.ts";
import type { Compared, Pair } from "../support/oracle/pairs.ts";

/** The same configurations in every run; other ones in each soak, or those of `HEADGATE_SEED`. */
const isDrawn = process.env["HEADGATE_SOAK"] !== undefined || process.env["HEADGATE_SEED"] !== undefined;
const SEED = isDrawn ? DRAWN : 4_711;

const CONFIGURATIONS = process.env["HEADGATE_SOAK"] === undefined ? 350 : 12_000;

/** What was compared, by what came of it. */
class Tally {
  requests = 0;
  needless = 0;
  readonly kinds = new Map<string, number>();
  readonly balancers = new Set<string>();

  add({ configuration }: Pair, compared: readonly Compared[]): void {
    this.requests += compared.length;
    this.balancers.add(configuration.balancer);
    for (const { oracle, needlesslyUnknown } of compared) {
      if (needlesslyUnknown) this.needless += 1;
      this.kinds.set(oracle.kind, (this.kinds.get(oracle.kind) ?? 0) + 1);
    }
  }

  share(kind: string): number {
    return (this.kinds.get(kind) ?? 0) / this.requests;
  }
}

describe("whole configurations, of every kind that the tables describe", () => {
  it(`get one answer from oracle and model (seed ${SEED})`, { timeout: 3_600_000 }, () => {
    const tally = new Tally();
    fc.assert(
      fc.property(anyPair, (pair) => {
        const compared = comparePair(pair);
        tally.add(pair, compared);
        const where = { terraform: pair.configuration.terraform, reading: pair.reading };
        const found = compared.filter(({ needlesslyUnknown }) => !needlesslyUnknown);
        for (const { differences, request } of found)
          expect(unexplained(differences, where), JSON.stringify(request).slice(0, 2000)).toEqual([]);
      }),
      { numRuns: CONFIGURATIONS, seed: SEED },
    );
    expect(tally.requests).toBeGreaterThan(CONFIGURATIONS * 3);
    expect([...tally.balancers].sort()).toEqual(["classic", "global", "regional"]);
    // Two parties that never told anything would agree as well.
    expect(tally.share("backend")).toBeGreaterThan(0.15);
    expect(tally.share("rejected")).toBeGreaterThan(0.1);
    expect(tally.share("redirect")).toBeGreaterThan(0.05);
    expect(tally.share("unknown")).toBeLessThan(0.3);
    expect(tally.needless / tally.requests).toBeLessThan(0.01);
  });

  it("leave no difference that is known and not mended", () => expect(KNOWN_DISAGREEMENTS).toEqual([]));
});
