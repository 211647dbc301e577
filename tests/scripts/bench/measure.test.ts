import { describe, expect, it } from "vitest";
import { runSuite, spread } from "../../../scripts/bench/measure.ts";
import type { Block, Contender } from "../../../scripts/bench/measure.ts";
import { renderSuite } from "../../../scripts/bench/table.ts";

/** A contender that takes these milliseconds, one after the other, and writes its name down. */
function taking(name: string, wallMs: readonly number[], order: string[] = []): Contender {
  let turn = 0;
  const run = (): Promise<Block> => {
    order.push(name);
    const ms = wallMs[turn++ % wallMs.length]!;
    return Promise.resolve({ wallMs: ms, cpuMs: ms });
  };
  return { name, run };
}

const suiteOf = (contenders: readonly Contender[], blocks = 3) => ({
  title: "a suite",
  blocks,
  contenders,
  close: () => undefined,
});

describe("a suite", () => {
  it("runs its contenders by turns in an order that rotates, the baseline twice, and leaves the first round out", async () => {
    const order: string[] = [];
    const { rows } = await runSuite(suiteOf([taking("a", [1], order), taking("b", [100, 2, 2, 2], order)]));
    expect(order.join(" ")).toBe("a a b a b a b a a a a b");
    expect(rows.map(({ name }) => name)).toEqual(["a", "a (again)", "b"]);
    expect(rows[2]!.wallMs).toEqual([2, 2, 2]);
  });

  it("takes ratios block by block", async () => {
    const { rows } = await runSuite(suiteOf([{ ...taking("a", [1]) }, taking("b", [9, 2, 3, 4])]));
    expect(rows[2]!.cpuRatio).toEqual([3, 2, 4]);
  });

  it("says how many evaluations a second of processor time has room for, where it counts them", async () => {
    const counted = await runSuite({ ...suiteOf([taking("a", [20])]), evaluations: 100 });
    expect(counted.rows[0]!.perSecond).toBe(5000);
    expect(renderSuite(counted)).toMatch(/each second\n.* 5,000\n/);
    expect(renderSuite(await runSuite(suiteOf([taking("a", [20])])))).not.toContain("each second");
  });

  it("tells what a block takes more than the baseline's, where that is asked for", async () => {
    const contenders = [taking("a", [10]), taking("b", [99, 11, 14, 12])];
    const told = await runSuite({ ...suiteOf(contenders), differences: true });
    expect(told.rows[2]!.more).toEqual({ wallMs: [2, 1, 4], cpuMs: [2, 1, 4] });
    expect(renderSuite(told)).toMatch(/cpu ms more +wall ms more\n[^]*\nb .* 2 \[1\.\.4\] +2 \[1\.\.4\]\n/);
    const untold = await runSuite(suiteOf([taking("a", [10])]));
    expect(untold.rows[0]).not.toHaveProperty("more");
    expect(renderSuite(untold)).not.toContain("more");
  });

  it("says nothing where two copies of the baseline differ", async () => {
    const restless = await runSuite(suiteOf([taking("a", [1, 2, 1, 2, 1, 2, 1, 2])]));
    expect(restless.control.holds).toEqual({ wall: false, cpu: false });
    expect(renderSuite(restless)).toContain("INCONCLUSIVE, run again");
    const calm = await runSuite(suiteOf([taking("a", [5])]));
    expect(calm.control).toEqual({ wall: 1, cpu: 1, holds: { wall: true, cpu: true } });
    expect(renderSuite(calm)).not.toContain("INCONCLUSIVE");
  });

  it("names its figures, processor time first", async () => {
    const result = await runSuite({ ...suiteOf([taking("a", [5])]), labels: { cpu: "proxy cpu ms" } });
    expect(renderSuite(result).split("\n")[1]!.trim().split(/ {2,}/)).toEqual([
      "cpu ratio",
      "wall ratio",
      "proxy cpu ms",
      "wall ms",
    ]);
  });
});

describe("a spread", () => {
  it("is median, least and greatest", () => {
    expect(spread([3, 1, 2])).toEqual([2, 1, 3]);
    expect(spread([4, 1, 2, 3])).toEqual([2.5, 1, 4]);
  });
});
