import { spawn } from "node:child_process";
import type { CliOptions } from "./cli.ts";

export interface TerminalRun {
  readonly code: number | null;
  /** What stood on the screen, without colours and moves of the cursor. */
  readonly screen: string;
}

/** What is typed, and the words on the screen that it answers. */
export interface Answer {
  readonly to: RegExp;
  /** Runs before anything is typed. */
  readonly before?: () => void;
  readonly typed: string;
}

const TIME_LIMIT_MS = 110_000;

/**
 * Runs a command in a terminal of its own (`script` of util-linux) and answers the questions it asks, in their order. Ended by its
 * pid after some two minutes, with the code null.
 */
export function inTerminal(
  command: readonly string[],
  answers: readonly Answer[],
  { cwd, env }: CliOptions,
): Promise<TerminalRun> {
  const child = spawn("script", ["--quiet", "--return", "--command", command.map(quoted).join(" "), "/dev/null"], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const open = [...answers];
  let [screen, seen] = ["", 0];
  const listen = (chunk: string): void => {
    screen += chunk.replace(CONTROL, "");
    const [next] = open;
    if (next === undefined || !next.to.test(screen.slice(seen))) return;
    open.shift();
    seen = screen.length;
    next.before?.();
    child.stdin.write(next.typed);
  };
  child.stdout.setEncoding("utf8").on("data", listen);
  child.stderr.setEncoding("utf8").on("data", listen);
  const watchdog = setTimeout(() => child.kill("SIGKILL"), TIME_LIMIT_MS);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(watchdog);
      resolve({ code, screen });
    });
  });
}

/** Escape sequences of a terminal (ECMA-48), and carriage returns. */

const CONTROL = /\u001b\[[0-9;?]*[A-Za-z]|\u001b[=>]|\r/g;

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
