import { resolve } from "node:path";
import type { CommandContext } from "../../probes/commands/context.ts";

export interface RecordedContext {
  readonly context: CommandContext;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** What a verb sees of a process, with the day of the test's choice, and what it says. */
export function recordedContext(cwd: string, day: string, env: CommandContext["env"] = {}): RecordedContext {
  let stdout = "";
  let stderr = "";
  const context: CommandContext = {
    cwd,
    env,
    execPath: process.execPath,
    synthFile: resolve("dist/synth.js"),
    toolVersion: "0.1.0",
    now: () => new Date(`${day}T12:00:00Z`),
    drained: () => Promise.resolve(true),
    isTerminal: { stdout: false, stderr: false },
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    signal: new AbortController().signal,
  };
  return { context, stdout: () => stdout, stderr: () => stderr };
}
