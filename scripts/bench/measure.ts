/** One way of doing the work of a suite; `run` does one block of it. */
export interface Contender {
  readonly name: string;
  readonly run: () => Promise<Block>;
}

/** What one block took; figures of the same suite are comparable among contenders. */
export interface Block {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb?: number;
}

export interface Measured {
  readonly name: string;
  readonly blocks: readonly Block[];
}

export interface Suite {
  readonly title: string;
  /** First is the baseline; it runs a second time under another name as the control. */
  readonly contenders: readonly Contender[];
  readonly blocks: number;
  /** What the figures of a block stand for, where it is not time, processor time and peak memory. */
  readonly labels?: { readonly wall?: string; readonly cpu?: string; readonly peak?: string };
  /** How often a block does the work, where the suite is to say how often a second has room for it. */
  readonly evaluations?: number;
  /** Whether what a block takes more than the baseline's is told in milliseconds too, where that is what somebody waits for. */
  readonly differences?: boolean;
  /** Called once, when all suites that share what it ends are done. */
  readonly close: () => Promise<void> | void;
}

/** Outcome of a suite, as JSON and as the table's source. */
export interface SuiteResult {
  readonly title: string;
  readonly labels: { readonly wall: string; readonly cpu: string; readonly peak: string };
  /** Ratios of the two copies of the baseline, and whether they are near enough to 1 for the others to say anything. */
  readonly control: {
    readonly wall: number;
    readonly cpu: number;
    readonly holds: { readonly wall: boolean; readonly cpu: boolean };
  };
  readonly rows: readonly {
    readonly name: string;
    readonly wallMs: Spread;
    readonly cpuMs: Spread;
    readonly peakMb: Spread | null;
    readonly wallRatio: Spread;
    readonly cpuRatio: Spread;
    /** Evaluations in a second of processor time; absent where the suite counts none. */
    readonly perSecond?: number;
    /** Time beyond the baseline's, block by block; absent where the suite does not tell it. */
    readonly more?: { readonly wallMs: Spread; readonly cpuMs: Spread };
  }[];
}

export type Spread = readonly [median: number, min: number, max: number];

/** Two copies of the baseline must agree this well, or the machine was too restless to say anything. */
const CONTROL = [0.95, 1.05] as const;
const AGAIN = " (again)";

/**
 * Runs short blocks of every contender by turns, in an order that rotates, so that a slow moment of the machine meets all
 * of them alike; ratios are taken block by block. The first block of each fills caches and does not count.
 */
export async function runSuite({ title, contenders, blocks, labels = {}, ...told }: Suite): Promise<SuiteResult> {
  const [baseline, ...others] = contenders;
  if (baseline === undefined) throw new Error(`${title} has nothing to measure`);
  const all = [baseline, { ...baseline, name: `${baseline.name}${AGAIN}` }, ...others];
  const measured = all.map(({ name }): { name: string; blocks: Block[] } => ({ name, blocks: [] }));
  for (let block = 0; block <= blocks; block++) {
    for (let turn = 0; turn < all.length; turn++) {
      const index = (turn + block) % all.length;
      const figures = await all[index]!.run();
      if (block > 0) measured[index]!.blocks.push(figures);
    }
  }
  return {
    title,
    labels: { wall: "wall ms", cpu: "cpu ms", peak: "peak MB", ...labels },
    ...conclude(measured, told),
  };
}

function conclude(
  measured: readonly Measured[],
  { evaluations, differences = false }: Pick<Suite, "evaluations" | "differences">,
): Pick<SuiteResult, "control" | "rows"> {
  const base = measured[0]!;
  const rows = measured.map((one) => ({
    name: one.name,
    wallMs: spread(one.blocks.map(({ wallMs }) => wallMs)),
    cpuMs: spread(one.blocks.map(({ cpuMs }) => cpuMs)),
    peakMb: one.blocks[0]?.peakMb === undefined ? null : spread(one.blocks.map(({ peakMb }) => peakMb ?? 0)),
    wallRatio: spread(one.blocks.map(({ wallMs }, block) => wallMs / base.blocks[block]!.wallMs)),
    cpuRatio: spread(one.blocks.map(({ cpuMs }, block) => cpuMs / base.blocks[block]!.cpuMs)),
    ...(differences && { more: { wallMs: beyond(base, one, "wallMs"), cpuMs: beyond(base, one, "cpuMs") } }),
  }));
  const counted =
    evaluations === undefined
      ? rows
      : rows.map((row) => ({ ...row, perSecond: Math.round((evaluations * 1000) / row.cpuMs[0]) }));
  const [wall, cpu] = [rows[1]!.wallRatio[0], rows[1]!.cpuRatio[0]];
  return { control: { wall, cpu, holds: { wall: isNear(wall), cpu: isNear(cpu) } }, rows: counted };
}

function beyond(base: Measured, one: Measured, figure: "wallMs" | "cpuMs"): Spread {
  return spread(one.blocks.map((block, index) => block[figure] - base.blocks[index]![figure]));
}

function isNear(ratio: number): boolean {
  return ratio >= CONTROL[0] && ratio <= CONTROL[1];
}

/** Median, least and greatest. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return [median, sorted[0]!, sorted.at(-1)!];
}
