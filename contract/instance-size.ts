import type { Problem } from "./problem.ts";
import type { Section } from "./well-formed.ts";

type Size = Pick<Section<"services">, "cpu" | "memory" | "concurrency">;
type Complain = (path: readonly string[], message: string, value: unknown) => Problem;

/** From so many thousandths of a CPU on, an instance takes so many MiB of memory at most. */
const MOST_MEMORY = [
  [0, 512],
  [500, 1024],
  [1000, 4 * 1024],
  [2000, 8 * 1024],
  [4000, 16 * 1024],
  [6000, 24 * 1024],
  [8000, 32 * 1024],
] as const;

/** With so many thousandths of a CPU an instance needs so many MiB of memory at least. */
const LEAST_MEMORY: ReadonlyMap<number, number> = new Map([
  [4000, 2 * 1024],
  [6000, 4 * 1024],
  [8000, 4 * 1024],
]);

/** What the older of Cloud Run's two execution environments needs; the newer one needs more. */
const LEAST_MEMORY_OF_ALL = 128;
const CPU = { least: 80, most: 8000 };

/**
 * CPU, memory and concurrency that Cloud Run refuses together
 * (<https://cloud.google.com/run/docs/configuring/services/cpu>, …/memory-limits, fact R6).
 */
export function instanceSizeProblems({ cpu, memory, concurrency }: Size, complain: Complain): Problem[] {
  const milli = milliOf(cpu);
  if (milli < CPU.least || milli > CPU.most)
    return [complain(["cpu"], "Cloud Run gives an instance 80m to 8 CPUs", cpu)];
  if (milli > 1000 && milli % 1000 !== 0)
    return [complain(["cpu"], "above one CPU Cloud Run takes whole numbers", cpu)];
  const mebi = mebiOf(memory);
  const most = MOST_MEMORY.findLast(([from]) => milli >= from)![1];
  const least = LEAST_MEMORY.get(milli) ?? LEAST_MEMORY_OF_ALL;
  const problems: Problem[] = [];
  if (milli < 1000 && concurrency > 1)
    problems.push(
      complain(["cpu"], "below one CPU an instance holds one request: write concurrency: 1, or a CPU of 1", cpu),
    );
  if (mebi > most)
    problems.push(complain(["memory"], `with a CPU of ${cpu} an instance takes ${memoryText(most)} at most`, memory));
  // The memory may stand nowhere; the CPU that asks for so much does, unless it is less than any instance takes.
  if (mebi < least && least > LEAST_MEMORY_OF_ALL)
    problems.push(complain(["cpu"], `needs ${memoryText(least)} of memory at least, and memory is ${memory}`, cpu));
  else if (mebi < least) problems.push(complain(["memory"], `an instance takes ${memoryText(least)} at least`, memory));
  return problems;
}

function milliOf(cpu: string): number {
  return cpu.endsWith("m") ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000;
}

function mebiOf(memory: string): number {
  return Number(memory.slice(0, -2)) * (memory.endsWith("Gi") ? 1024 : 1);
}

function memoryText(mebi: number): string {
  return mebi < 1024 ? `${mebi}Mi` : `${mebi / 1024}Gi`;
}
