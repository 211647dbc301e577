import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { drawOf, traceIds } from "../../probes/emulator/trace-ids.ts";
import type { CliRun } from "./cli.ts";
import { childrenOf, gone, isRunning } from "./process-tree.ts";
import { readLog } from "./stand-in-google/cloud.ts";

export const VICTIMS = ["headgate", "terraform", "terraform and its provider", "all of them"] as const;

/** What is killed, once so many changes of the cloud are done; a phase: as soon as that begins. */
export interface Blow {
  readonly seed: number;
  readonly victim: (typeof VICTIMS)[number];
  readonly at: number | string;
  readonly lateMs: number;
}

/** A whole number from 0 to below `most`. */
export type Draw = (most: number) => number;

/** In CI always the same blows; in a soak 30, drawn from `HEADGATE_SEED` on. */
export function blowsFrom(fixed: readonly Blow[], drawn: (draw: Draw) => Omit<Blow, "seed">): readonly Blow[] {
  if (process.env["HEADGATE_SOAK"] === undefined) return fixed;
  const first = Number(process.env["HEADGATE_SEED"] ?? 1);
  return Array.from({ length: 30 }, (_, index) => {
    const seed = first + index;
    const ids = traceIds(seed);
    return { seed, ...drawn((most) => Math.floor(drawOf(ids()) * most)) };
  });
}

/** Deploys, strikes, and waits until what outlived it has ended. */
export async function struck(
  deploy: (env: Record<string, string>, onStart: (child: ChildProcess) => void) => Promise<CliRun>,
  { seed, victim, at, lateMs }: Blow,
  cloudFile: string,
): Promise<void> {
  const before = readLog(cloudFile).length;
  const env = { HEADGATE_STAND_IN_DELAY_MS: "50..400", HEADGATE_STAND_IN_SEED: String(seed) };
  let blow: Promise<readonly number[]> | undefined;
  const ended = deploy(env, (child) => {
    let heard = "";
    child.stderr!.on("data", (text: Buffer) => (heard += text.toString()));
    const isTime = (): boolean =>
      typeof at === "number"
        ? heard.includes("apply: ") && readLog(cloudFile).length - before >= at
        : heard.includes(at);
    blow = strike(child, victim, async () => {
      while (!isTime() && child.exitCode === null) await delay(5);
      await delay(lateMs);
    });
  });
  await ended;
  await gone(await blow!);
}

/** @returns all processes that there were. */
async function strike(
  child: ChildProcess,
  victim: Blow["victim"],
  moment: () => Promise<void>,
): Promise<readonly number[]> {
  await moment();
  const running = child.exitCode === null && child.signalCode === null ? [child.pid!] : [];
  const programs = running.flatMap(childrenOf);
  const providers = programs.flatMap(childrenOf);
  const struckNow = {
    headgate: running,
    terraform: programs,
    "terraform and its provider": [...programs, ...providers],
    "all of them": [...running, ...programs, ...providers],
  }[victim];
  for (const pid of struckNow.filter(isRunning)) process.kill(pid, "SIGKILL");
  return [...running, ...programs, ...providers];
}

/**
 * Deploys until it goes through; where it cannot, by the commands that it prints, and only by those.
 * @param remedies of the record that the deploy before wrote.
 * @param carryOut runs one of them, and fails unless it ends well.
 */
export async function healed(
  deploy: () => Promise<CliRun>,
  remedies: () => readonly string[],
  carryOut: (remedy: string) => Promise<void>,
): Promise<string[]> {
  const carriedOut: string[] = [];
  for (let tries = 0; tries < 6; tries++) {
    const { code, stdout, stderr } = await deploy();
    if (code === 0) return carriedOut;
    const printed = remedies();
    if (code !== 3 || printed.length === 0 || printed.some((each) => !stdout.includes(each)))
      throw new Error(`the deploy ended ${code} and printed no way to mend it\n${stdout}${stderr}`);
    for (const remedy of printed) await carryOut(remedy);
    carriedOut.push(...printed);
  }
  throw new Error(`nothing mended it:\n${carriedOut.join("\n")}`);
}
