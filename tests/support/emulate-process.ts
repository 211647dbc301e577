import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { BUNDLE } from "./cli.ts";

/** `headgate emulate` as its own process, once it says that it is ready. */
export interface EmulateProcess {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ports: { readonly https?: number; readonly http?: number };
  /** Sends the signal, and waits for the end. */
  readonly end: (signal?: NodeJS.Signals) => Promise<{ code: number | null; elapsedMs: number }>;
  readonly close: () => Promise<void>;
}

/** Starts it on free ports; fails with what it said when it ends before it is ready. */
export async function startEmulate(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<EmulateProcess> {
  const child = spawn(process.execPath, [BUNDLE, "emulate", "--port", "0", "--http-port", "0", ...args], {
    env: { ...process.env, HEADGATE_KEY: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (stdout.includes("\nready")) resolve();
    });
    void ended.then((code) => reject(new Error(`emulate ended with ${code}: ${stderr}`)));
  });
  const end = async (signal: NodeJS.Signals = "SIGINT") => {
    const from = performance.now();
    child.kill(signal);
    return { code: await ended, elapsedMs: performance.now() - from };
  };
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ports: { ...portOf("https", stdout), ...portOf("http", stdout) },
    end,
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) await end("SIGKILL");
    },
  };
}

function portOf<Scheme extends "http" | "https">(scheme: Scheme, text: string): Partial<Record<Scheme, number>> {
  const port = new RegExp(`^  ${scheme} +https?://[^ ]+:(\\d+)`, "m").exec(text)?.[1];
  return (port === undefined ? {} : { [scheme]: Number(port) }) as Partial<Record<Scheme, number>>;
}
