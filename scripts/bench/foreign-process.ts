import { spawn } from "node:child_process";
import type { Block } from "./measure.ts";

/** GNU time, which says what a process took that is no Node program. */
const TIME = "/usr/bin/time";

/** Longest time for one process. */
const LIMIT_MS = 60_000;

/** Runs a program as a whole process and says what it took, its children included. */
export async function foreignProcess(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Block> {
  const startedAt = performance.now();
  const child = spawn(TIME, ["-f", "usage %U %S %M", command, ...args], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, CHECKPOINT_DISABLE: "1", ...env },
    timeout: LIMIT_MS,
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const code = await new Promise<number | null>((end) => child.on("error", () => end(null)).on("close", end));
  const wallMs = performance.now() - startedAt;
  const [, user, system, peak] = /usage ([\d.]+) ([\d.]+) (\d+)\n?$/.exec(said) ?? [];
  if (code !== 0 || peak === undefined) throw new Error(`${TIME} ${command} ${args.join(" ")} failed: ${said}`);
  return { wallMs, cpuMs: (Number(user) + Number(system)) * 1000, peakMb: Number(peak) / 1024 };
}
