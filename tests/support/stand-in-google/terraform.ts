import { spawn } from "node:child_process";

const TIME_LIMIT_MS = 60_000;

export interface TerraformRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly isTimedOut: boolean;
}

/** Runs the real Terraform in a stack's folder. It never asks, and it ends with the time limit at the latest. */
export function terraform(
  stackFolder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  timeLimitMs = TIME_LIMIT_MS,
): Promise<TerraformRun> {
  return new Promise((resolve, reject) => {
    const child = spawn("terraform", [...args], {
      cwd: stackFolder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr, isTimedOut] = ["", "", false];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    const timer = setTimeout(() => {
      isTimedOut = true;
      child.kill("SIGKILL");
    }, timeLimitMs);
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(cause);
    });
    child.once("close", (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode, stdout, stderr, isTimedOut });
    });
  });
}
