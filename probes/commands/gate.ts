import { randomBytes } from "node:crypto";
import type { GivenVariables } from "../terraform/read-cdktf-out.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { runVerb } from "./run.ts";
import type { RunOptions } from "./run.ts";
import { synthesize } from "./synthesize.ts";

export interface GateOptions extends RunOptions {
  /** Folder of synthesized output; true: where `cdktf` writes to; undefined: synthesize. */
  readonly synth?: string | true;
  /** Write a receipt beside each stack, and end 0. */
  readonly record?: boolean;
  /** Values of variables, each `NAME=VALUE`. */
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
  /** Images by digest, each `SERVICE=IMAGE@sha256:…`. */
  readonly image?: readonly string[];
}

/** Synth → model → probes through the emulated edge → verdict. For CI: never asks anything. */
export async function gate(given: GateOptions, context: CommandContext): Promise<number> {
  const synth = given.synth === true ? (context.env["CDKTF_OUTDIR"] ?? "cdktf.out") : given.synth;
  const { synth: _, ...rest } = given;
  const options: Settled = synth === undefined ? rest : { ...rest, synth };
  if (options.synth !== undefined && options.image !== undefined)
    throw new UsageError("--image names what synth is to build, and with --synth nothing is synthesized");
  if (options.record === true) return recordGate(options, context);
  return runVerb("gate", options, context, async ({ watch, steps, context: timed }) => {
    const made =
      options.synth === undefined ? await watch.measure("synth", () => synthesize(timed, options)) : undefined;
    const directory = made?.directory ?? options.synth!;
    steps.push({
      name: "synth",
      state: made === undefined ? "not-run" : "done",
      detail: made === undefined ? `--synth ${directory}` : `${made.program} → ${directory}`,
    });
    return { source: { kind: "cdktf", directory, ...variablesOf(options) }, key: randomBytes(32).toString("hex") };
  });
}

type Settled = Omit<GateOptions, "synth"> & { readonly synth?: string };

async function recordGate(options: Settled, context: CommandContext): Promise<number> {
  const directory = options.synth ?? (await synthesize(context, options)).directory;
  const { record } = await import("./record.ts");
  return record(directory, { ...options, ...variablesOf(options) }, context);
}

function variablesOf(options: Settled): GivenVariables {
  return { vars: options.var ?? [], varFiles: options.varFile ?? [] };
}
