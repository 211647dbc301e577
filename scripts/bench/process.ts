import { spawn } from "node:child_process";
import type { Block } from "./measure.ts";

/** Prints a process's own CPU time (microseconds) and peak memory (KiB) as it ends. */
const REPORT =
  'data:text/javascript,process.on("exit",()=>{const u=process.resourceUsage();process.stderr.write(`\\nusage ${u.userCPUTime+u.systemCPUTime} ${u.maxRSS}\\n`)})';

/** Longest time for one process: a peer that hangs must not take the whole run with it. */
const LIMIT_MS = 60_000;

/** Runs a Node program as a whole process, its input held open, and says what it took. Another exit code is an error. */
export async function wholeProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { exits = [0], cwd }: { readonly exits?: readonly number[]; readonly cwd?: string } = {},
): Promise<Block> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--import", REPORT, ...args], {
    stdio: ["pipe", "ignore", "pipe"],
    env: { ...process.env, CHECKPOINT_DISABLE: "1", ...env },
    ...(cwd !== undefined && { cwd }),
    timeout: LIMIT_MS,
  });
  child.stdin.on("error", () => undefined);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const code = await new Promise<number | null>((end) => child.on("exit", end));
  const wallMs = performance.now() - startedAt;
  child.stdin.destroy();
  const [, cpu, peak] = /\nusage (\d+) (\d+)\n/.exec(said) ?? [];
  if (code === null || !exits.includes(code) || cpu === undefined)
    throw new Error(`${args.join(" ")} failed with ${String(code)}:\n${said}`);
  return { wallMs, cpuMs: Number(cpu) / 1000, peakMb: Number(peak) / 1024 };
}
