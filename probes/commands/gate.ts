import { randomBytes } from "node:crypto";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { runVerb } from "./run.ts";
import type { RunOptions } from "./run.ts";
import { synthesize } from "./synthesize.ts";

export interface GateOptions extends RunOptions {
  /** Folder of synthesized output; undefined: synthesize. */
  readonly synth?: string;
  /** Images by digest, each `SERVICE=IMAGE@sha256:…`. */
  readonly image?: readonly string[];
}

/** Synth → model → probes through the emulated edge → verdict. For CI: never asks anything. */
export function gate(options: GateOptions, context: CommandContext): Promise<number> {
  return runVerb("gate", options, context, async ({ watch, steps, context: timed }) => {
    if (options.synth !== undefined && options.image !== undefined)
      throw new UsageError("--image names what synth is to build, and with --synth nothing is synthesized");
    const made =
      options.synth === undefined ? await watch.measure("synth", () => synthesize(timed, options)) : undefined;
    const directory = made?.directory ?? options.synth!;
    steps.push({
      name: "synth",
      state: made === undefined ? "not-run" : "done",
      detail: made === undefined ? `--synth ${directory}` : `${made.program} → ${directory}`,
    });
    return { source: { kind: "cdktf", directory }, key: randomBytes(32).toString("hex") };
  });
}
