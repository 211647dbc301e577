import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CommandContext } from "./context.ts";
import { InterruptedError, UsageError } from "./context.ts";

export interface SynthOptions {
  readonly contract: string;
  /** Values of `--image`, each `SERVICE=IMAGE@sha256:…`. */
  readonly image?: readonly string[];
}

export interface Synthesized {
  readonly directory: string;
  /** What was run: the project's own `main.ts`, or the stacks that come with the tool. */
  readonly program: "main.ts" | "headgate's own stacks";
}

/**
 * Runs the project's own `main.ts`, or where there is none the stacks that come with the tool, and gives the folder that
 * was written. Never runs `app` of `cdktf.json`, which may itself call the gate. The old manifest goes first: a failed
 * synth must not leave one that looks fresh.
 * @throws UsageError when there is no way to run TypeScript, or synth fails.
 */
export async function synthesize(context: CommandContext, options: SynthOptions): Promise<Synthesized> {
  const { cwd, env } = context;
  const directory = env["CDKTF_OUTDIR"] ?? "cdktf.out";
  const isOwn = existsSync(join(cwd, "main.ts"));
  const program = isOwn ? ["--import", tsxFrom(cwd), "main.ts"] : [context.synthFile];
  rmSync(resolve(cwd, directory, "manifest.json"), { force: true });
  const child = spawn(context.execPath, [...program, ...(options.image ?? [])], {
    cwd,
    env: { ...withoutSecrets(env), HEADGATE_CONTRACT: options.contract, CDKTF_OUTDIR: directory },
    stdio: ["ignore", "ignore", "pipe"],
    signal: context.signal,
    killSignal: "SIGKILL",
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-20_000)));
  const code = await new Promise<number | null>((end) => child.on("close", end).on("error", () => end(null)));
  if (context.signal.aborted) throw new InterruptedError("synth", context.signal);
  if (code !== 0) throw new UsageError(`synth of ${isOwn ? "main.ts" : "the contract"} failed:\n${errors.trimEnd()}`);
  // What a program says of its own accord, as that no release is live, is for the one who runs it.
  if (errors !== "") context.stderr(errors);
  return { directory, program: isOwn ? "main.ts" : "headgate's own stacks" };
}

/** Synth has no use for the probes' secrets, and what it prints is shown. */
function withoutSecrets(env: CommandContext["env"]): CommandContext["env"] {
  return { ...env, HEADGATE_TOKEN: undefined, HEADGATE_KEY: undefined };
}

function tsxFrom(cwd: string): string {
  try {
    return pathToFileURL(createRequire(join(cwd, "package.json")).resolve("tsx")).href;
  } catch {
    throw new UsageError(
      "main.ts is TypeScript and tsx is not installed here; run `npm install --save-dev tsx`, or synthesize yourself and name the output with --synth DIR",
    );
  }
}
