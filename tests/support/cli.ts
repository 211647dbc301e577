import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { resolve } from "node:path";

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the child as soon as it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** The bundle, as it is published. */
export const BUNDLE = resolve("dist/headgate.js");

/** Runs the published bundle as its own process, without a terminal; ended by its pid after two minutes. */
export function headgate(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return run(process.execPath, [BUNDLE, ...args], options);
}

/** Runs any command and collects what it says. */
export function run(command: string, args: readonly string[], { cwd, env, onStart }: CliOptions = {}): Promise<CliRun> {
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, CI: "true", CHECKPOINT_DISABLE: "1", CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1", ...env },
  });
  onStart?.(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const watchdog = setTimeout(() => child.kill("SIGKILL"), 120_000);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(watchdog);
      resolve({ code, stdout, stderr, elapsedMs: performance.now() - startedAt });
    });
  });
}
