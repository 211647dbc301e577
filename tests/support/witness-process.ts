import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

export interface RunningProcess {
  readonly child: ChildProcess;
  /** Port that the process printed first. */
  readonly port: number;
  /** All that it has printed, on both streams. */
  readonly output: () => string;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** Ends it by its pid. */
  readonly close: () => Promise<void>;
}

/** A server as a process of its own, which prints its port in its first line. `env` is all that it gets beside `PATH`. */
export async function startProcess(
  command: string,
  args: readonly string[],
  { env = {}, cwd }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<RunningProcess> {
  const child = spawn(command, args, { cwd, env: { PATH: process.env["PATH"], ...env } });
  let output = "";
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const port = await new Promise<number>((resolve, reject) => {
    const hear = (text: string): void => {
      output += text;
      const printed = /(\d+)\s*\n/.exec(output)?.[1];
      if (printed !== undefined) resolve(Number(printed));
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    child.on("error", reject).on("close", (code) => reject(new Error(`ended with ${code} and said: ${output}`)));
  });
  return {
    child,
    port,
    output: () => output,
    ended,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "close");
    },
  };
}
