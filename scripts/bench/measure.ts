import { spawn } from "node:child_process";

/** One command to time: a Node program, as a whole process. */
export interface Contender {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Measured {
  readonly name: string;
  readonly wallMs: readonly number[];
  readonly peakMb: readonly number[];
}

/** Prints a process's own peak memory, in KiB, as it ends. */
const REPORT_PEAK =
  'data:text/javascript,process.on("exit",()=>process.stderr.write(`\\npeak ${process.resourceUsage().maxRSS}\\n`))';

/** Runs every contender once a round, in turn, so that a slow moment of the machine meets all of them alike. */
export async function measure(contenders: readonly Contender[], rounds: number): Promise<Measured[]> {
  const results = contenders.map(({ name }) => ({ name, wallMs: [] as number[], peakMb: [] as number[] }));
  for (let round = 0; round < rounds + 1; round++) {
    for (const [index, contender] of contenders.entries()) {
      const { wallMs, peakMb } = await once(contender);
      // The first round fills caches and is not counted.
      if (round === 0) continue;
      results[index]!.wallMs.push(wallMs);
      results[index]!.peakMb.push(peakMb);
    }
  }
  return results;
}

async function once({ name, args, env }: Contender): Promise<{ wallMs: number; peakMb: number }> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--import", REPORT_PEAK, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, CHECKPOINT_DISABLE: "1", ...env },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const code = await new Promise((end) => child.on("close", end));
  const peak = /\npeak (\d+)\n/.exec(said)?.[1];
  if (code !== 0 || peak === undefined) throw new Error(`${name} failed with ${String(code)}:\n${said}`);
  return { wallMs: performance.now() - startedAt, peakMb: Number(peak) / 1024 };
}

/** `median [min..max]`. */
export function spread(values: readonly number[], digits: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  const show = (value: number | undefined): string => (value ?? Number.NaN).toFixed(digits);
  return `${show(sorted[Math.floor(sorted.length / 2)])} [${show(sorted[0])}..${show(sorted.at(-1))}]`;
}

/** Ratio of two contenders, round by round, so that both met the same moment. */
export function ratio(a: Measured, b: Measured): string {
  return spread(
    a.wallMs.map((wall, round) => wall / b.wallMs[round]!),
    2,
  );
}
