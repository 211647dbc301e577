import { spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../context.ts";

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: CommandContext["env"];
  /** Takes all that it says; it is written anew. */
  readonly log: string;
  /** Where standard output is wanted by itself: `show`, `output`. */
  readonly pipe?: boolean;
  /** Asks what it runs to come to an end; default: SIGINT to the process itself. True: somebody was asked. */
  readonly interrupt?: () => boolean;
}

export interface Ended {
  /** Null: ended by a signal. */
  readonly code: number | null;
  /** Empty unless it was asked for. */
  readonly stdout: string;
  /** Everything else that it said. */
  readonly said: string;
}

const EVERY_MS = 100;

/**
 * Runs a program that must come to its own end. What it says goes into a file and from there to standard error as it
 * comes: through a pipe it would die with this process, in the middle of an apply. It has a process group of its own, so
 * that a Ctrl-C of the terminal reaches it once: a second one would make Terraform give up. An interrupt is passed on.
 * @throws UsageError where it cannot be run.
 */
export function runFollowed(program: Program, { signal, stderr }: CommandContext): Promise<Ended> {
  const { command, args, cwd, env, log, pipe = false, interrupt } = program;
  const written = openSync(log, "w", 0o600);
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ["ignore", pipe ? "pipe" : written, written],
    detached: true,
  });
  closeSync(written);
  const follower = follow(log, stderr);
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const passOn = (): void => {
    if (interrupt?.() !== true) child.kill("SIGINT");
  };
  if (signal.aborted) passOn();
  signal.addEventListener("abort", passOn, { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      // What was never begun closes, too.
      child.removeAllListeners("close");
      signal.removeEventListener("abort", passOn);
      follower.end();
      reject(new UsageError(`${command} cannot be run: ${cause.message}`));
    });
    child.once("close", (code) => {
      signal.removeEventListener("abort", passOn);
      resolve({ code, stdout, said: follower.end() });
    });
  });
}

/** Hands on what a file grows by; `end` gives all that it held. */
function follow(file: string, say: (text: string) => void): { readonly end: () => string } {
  const handle = openSync(file, "r");
  const decoder = new TextDecoder();
  let all = "";
  const take = (): void => {
    const bytes = Buffer.alloc(fstatSync(handle).size - position);
    if (bytes.length === 0) return;
    position += readSync(handle, bytes, 0, bytes.length, position);
    const text = decoder.decode(bytes, { stream: true });
    all += text;
    say(text);
  };
  let position = 0;
  const timer = setInterval(take, EVERY_MS);
  return {
    end: () => {
      clearInterval(timer);
      take();
      closeSync(handle);
      return all;
    },
  };
}
