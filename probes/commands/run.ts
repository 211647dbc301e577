import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadContract } from "../../contract/load.ts";
import { nearest } from "../../contract/problem.ts";
import type { Contract, Environment } from "../../contract/contract.ts";
import type { Result, Step } from "../facts/result.ts";
import { runPipeline } from "../pipeline.ts";
import type { Source } from "../pipeline/input.ts";
import { renderJson } from "../report/json.ts";
import { renderText } from "../report/text.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { stopwatch } from "./stopwatch.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** Options that every verb with a verdict takes. */
export interface RunOptions {
  readonly contract: string;
  readonly env?: string;
  readonly format: readonly string[];
  readonly out?: string;
  readonly timings?: boolean;
  /** Seconds. */
  readonly timeout: number;
  /** Seconds. */
  readonly deadline: number;
  readonly concurrency: number;
  readonly seed?: number;
}

export interface Prepared {
  readonly source: Source;
  readonly key: string;
}

const FORMATS = ["text", "json"] as const;

/** Contract → what `prepare` makes the target → pipeline → report. Gives the exit code. */
export async function runVerb(
  verb: string,
  options: RunOptions,
  context: CommandContext,
  prepare: (contract: Contract, watch: Stopwatch, steps: Step[]) => Promise<Prepared>,
): Promise<number> {
  const outputs = outputsOf(options);
  const watch = stopwatch();
  const steps: Step[] = [];
  const startedAt = new Date();
  const contract = watch.measure("contract", () => loadContract(options.contract));
  steps.push({
    name: "contract",
    state: "done",
    detail: `${contract.routes.length} routes, ${Object.keys(contract.services).length} services, ${Object.keys(contract.headers).length} headers`,
  });
  const { source, key } = await prepare(contract, watch, steps);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(options.deadline * 1000)]);
  const token = context.env["HEADGATE_TOKEN"];
  const seed = options.seed ?? randomBytes(4).readUInt32BE();
  const result = await runPipeline({
    run: { id: randomUUID(), verb, tool: `headgate ${context.toolVersion}`, startedAt: startedAt.toISOString() },
    contract,
    environments: environmentsOf(contract, options.env),
    source,
    probe: { timeoutMs: options.timeout * 1000, concurrency: options.concurrency, signal },
    mint: {
      key,
      random: (bytes) => randomBytes(bytes).toString("hex"),
      expiresAt: startedAt.getTime() + options.deadline * 1000 + 60_000,
      ...(token !== undefined && { token }),
    },
    seed,
    fingerprint: fingerprinter(),
    steps,
    measure: watch.measure,
  });
  const timed: Result = {
    ...result,
    run: { ...result.run, durationMs: Date.now() - startedAt.getTime() },
    timings: watch.phases(),
  };
  for (const output of outputs) emit(timed, output, options, context);
  return timed.exitCode;
}

/** Fingerprints are keyed anew for each run: they compare inside it and tell nothing outside it. */
function fingerprinter(): (value: string) => { hash: string; bytes: number } {
  const key = randomBytes(32);
  return (value) => ({
    hash: createHmac("sha256", key).update(value, "latin1").digest("hex").slice(0, 8),
    bytes: Buffer.byteLength(value, "latin1"),
  });
}

function environmentsOf(contract: Contract, wanted: string | undefined): Environment[] {
  const all = Object.values(contract.environments);
  if (wanted === undefined) return all;
  const one = contract.environments[wanted];
  if (one !== undefined) return [one];
  const names = all.map(({ id }) => id);
  const near = nearest(wanted, names);
  throw new UsageError(
    `${contract.file} declares no environment ${wanted}${near === undefined ? "" : `; did you mean ${near}?`} (valid: ${names.join(", ")})`,
  );
}

interface Output {
  readonly format: (typeof FORMATS)[number];
  readonly file?: string;
}

function outputsOf({ format, out }: RunOptions): Output[] {
  const outputs = format.map((written): Output => {
    const [name = "", ...file] = written.split("=");
    const known = FORMATS.find((each) => each === name);
    if (known === undefined)
      throw new UsageError(
        `unknown format ${name}${nearest(name, FORMATS) === undefined ? "" : `; did you mean ${nearest(name, FORMATS)}?`} (valid: ${FORMATS.join(", ")})`,
      );
    return {
      format: known,
      ...(file.length > 0 ? { file: file.join("=") } : out !== undefined && format.length === 1 ? { file: out } : {}),
    };
  });
  if (outputs.filter(({ file }) => file === undefined).length > 1)
    throw new UsageError(
      "only one format can go to standard output; give the others a file: --format json=report.json",
    );
  return outputs;
}

function emit(result: Result, { format, file }: Output, options: RunOptions, context: CommandContext): void {
  const colour = file === undefined && context.isTerminal.stdout && context.env["NO_COLOR"] === undefined;
  const text =
    format === "json" ? renderJson(result) : renderText(result, { colour, timings: options.timings === true });
  if (file === undefined) return context.stdout(text);
  try {
    writeFileSync(resolve(context.cwd, file), text);
  } catch (cause) {
    throw new UsageError(`cannot write ${file}: ${(cause as Error).message}`);
  }
}
