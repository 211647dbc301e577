import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CommandContext } from "./context.ts";
import { InterruptedError, UsageError } from "./context.ts";

/**
 * Runs the project's own `main.ts` and gives the folder it wrote. Never runs `app` of `cdktf.json`, which may itself
 * call the gate. The old manifest goes first: a failed synth must not leave one that looks fresh.
 * @throws UsageError when there is no `main.ts`, no way to run TypeScript, or synth fails.
 */
export async function synthesize(context: CommandContext, contractFile: string): Promise<string> {
  const { cwd, env } = context;
  const directory = env["CDKTF_OUTDIR"] ?? "cdktf.out";
  if (!existsSync(join(cwd, "main.ts")))
    throw new UsageError(
      "there is no main.ts here to synthesize; name synthesized output with --synth DIR, or run in the folder of the CDKTF project",
    );
  rmSync(resolve(cwd, directory, "manifest.json"), { force: true });
  const child = spawn(context.execPath, ["--import", tsxFrom(cwd), "main.ts"], {
    cwd,
    env: { ...withoutSecrets(env), HEADGATE_CONTRACT: contractFile, CDKTF_OUTDIR: directory },
    stdio: ["ignore", "ignore", "pipe"],
    signal: context.signal,
    killSignal: "SIGKILL",
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-20_000)));
  const code = await new Promise<number | null>((end) => child.on("close", end).on("error", () => end(null)));
  if (context.signal.aborted) throw new InterruptedError("synth", context.signal);
  if (code !== 0) throw new UsageError(`synth of main.ts failed:\n${errors.trimEnd()}`);
  return directory;
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
