import { randomBytes } from "node:crypto";
import type { CommandContext } from "./context.ts";
import { runVerb } from "./run.ts";
import type { RunOptions } from "./run.ts";
import { synthesize } from "./synthesize.ts";

export interface GateOptions extends RunOptions {
  /** Folder of synthesized output; undefined: run `main.ts`. */
  readonly synth?: string;
}

/** Synth → model → probes through the emulated edge → verdict. For CI: never asks anything. */
export function gate(options: GateOptions, context: CommandContext): Promise<number> {
  return runVerb("gate", options, context, async ({ watch, steps, context: timed }) => {
    const directory = options.synth ?? (await watch.measure("synth", () => synthesize(timed, options.contract)));
    steps.push({
      name: "synth",
      state: options.synth === undefined ? "done" : "not-run",
      detail: options.synth === undefined ? `main.ts → ${directory}` : `--synth ${directory}`,
    });
    return { source: { kind: "cdktf", directory }, key: randomBytes(32).toString("hex") };
  });
}
