import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { canonicalContract, digestOf } from "../../contract/canonical.ts";
import { loadContract } from "../../contract/load.ts";
import { nearest } from "../../contract/problem.ts";
import type { Contract, Environment } from "../../contract/contract.ts";
import { RELEASE_FILE, contractOfRelease, loadRelease } from "../../contract/release.ts";
import { timeLimit } from "../../http/time-limit.ts";
import type { Severity } from "../facts/finding.ts";
import type { Result, Step } from "../facts/result.ts";
import type { Baseline } from "../facts/waiver.ts";
import { runPipeline } from "../pipeline.ts";
import { refuseUnknownRules } from "../pipeline/accept.ts";
import type { Declared, Source } from "../pipeline/input.ts";
import type { ProbeOptions } from "../probers/probe-all.ts";
import type { ProberChoice } from "../probers/prober-choices.ts";
import { renderJson } from "../report/json.ts";
import { renderText } from "../report/text.ts";
import type { CommandContext } from "./context.ts";
import { UsageError, today } from "./context.ts";
import { emit, outputsOf, shownFindings } from "./outputs.ts";
import type { Output } from "./outputs.ts";
import { showProgress } from "./progress.ts";
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
  readonly prober: ProberChoice;
  /** Plain requests over HTTP/2. */
  readonly http2?: boolean;
  readonly seed?: number;
  /** Least severity of a finding that is shown; one that is no pass is always shown. */
  readonly show?: Severity;
  readonly baseline?: Baseline | "new";
}

/** What a verb prepares its target with; the signal of `context` ends at the run's deadline too. */
export interface Preparation {
  readonly watch: Stopwatch;
  readonly steps: Step[];
  readonly context: CommandContext;
}

export interface Prepared {
  readonly source: Source;
  readonly key: string;
  /** Where several runs are compared: the same for all of them. */
  readonly fingerprint?: Fingerprinter;
  /** What makes the attempts of a page; closed when the run is over. */
  readonly browser?: { readonly probe: NonNullable<ProbeOptions["browser"]>; readonly close: () => Promise<void> };
}

export type Fingerprinter = (value: string) => { readonly hash: string; readonly bytes: number };

/** How much longer than the run a signature opens the witness, for clocks that differ. */
const SIGNATURE_GRACE_MS = 60_000;

/** Shortest credential that can be told from a value that holds it by chance, in characters. */
const MIN_TOKEN = 16;

/** Contract → what `prepare` makes the target → pipeline → report. Gives the exit code. */
export async function runVerb(...run: Parameters<typeof runForResult>): Promise<number> {
  return (await runForResult(...run)).exitCode;
}

/** The same, for a verb that does more with the result. */
export async function runForResult(
  verb: string,
  options: RunOptions,
  context: CommandContext,
  prepare: (preparation: Preparation) => Promise<Prepared>,
): Promise<Result> {
  const outputs = outputsOf(options);
  const result = await lookForResult(verb, options, context, prepare);
  report(result, options, outputs, context);
  return result;
}

/** The same without a report, for a verb that has its own. */
export async function lookForResult(
  verb: string,
  options: Omit<RunOptions, "format" | "out" | "contract"> & { readonly contract: Contract | string },
  context: CommandContext,
  prepare: (preparation: Preparation) => Promise<Prepared>,
): Promise<Result> {
  const watch = showProgress(stopwatch(), context);
  const startedAt = context.now();
  // One deadline for all of it, synth included.
  const { signal, release } = timeLimit(context.signal, options.deadline * 1000);
  try {
    const contract = watch.measure("contract", () => declaredIn(options.contract));
    refuseUnknownRules(contract);
    const environments = environmentsOf(contract, options.env);
    // Whoever hands a contract over has chosen what the edge has to keep.
    const released =
      typeof options.contract === "string" ? releasedIn(contract, environments) : new Map<string, never>();
    const steps: Step[] = [contractStep(contract), ...releaseSteps(released)];
    const token = tokenOf(context);
    const {
      source,
      key,
      browser,
      fingerprint = fingerprinter(),
    } = await prepare({ watch, steps, context: { ...context, signal } });
    const result = await runPipeline({
      run: { id: randomUUID(), verb, tool: `headgate ${context.toolVersion}`, startedAt: startedAt.toISOString() },
      contract,
      environments,
      released,
      source,
      probe: {
        timeoutMs: options.timeout * 1000,
        concurrency: options.concurrency,
        prober: options.prober,
        http2: options.http2 === true,
        signal,
        ...(browser !== undefined && { browser: browser.probe }),
      },
      mint: {
        key,
        random: (bytes) => randomBytes(bytes).toString("hex"),
        expiresAt: Date.now() + options.deadline * 1000 + SIGNATURE_GRACE_MS,
        ...token,
      },
      today: today(context),
      ...(options.baseline !== undefined && { baseline: options.baseline }),
      seed: options.seed ?? randomBytes(4).readUInt32BE(),
      fingerprint,
      steps,
      measure: watch.measure,
    }).finally(() => browser?.close());
    const run = { ...result.run, durationMs: context.now().getTime() - startedAt.getTime() };
    watch.done();
    return { ...result, run, timings: watch.phases() };
  } finally {
    release();
    watch.done();
  }
}

/** A contract, or its file. */
function declaredIn(declared: Contract | string): Contract {
  return typeof declared === "string" ? loadContract(declared) : declared;
}

function report(result: Result, options: RunOptions, outputs: readonly Output[], context: CommandContext): void {
  const { shown, hidden } = shownFindings(result.findings, options.show);
  const reported = { ...result, findings: shown };
  const timings = options.timings === true;
  const text = (colour: boolean): string => renderText(reported, { colour, timings, hidden });
  // JSON is the whole of it, whatever is shown.
  emit(reported, { text, json: () => renderJson(result) }, outputs, context);
}

function contractStep({ routes, services, headers }: Contract): Step {
  const detail = `${routes.length} routes, ${Object.keys(services).length} services, ${Object.keys(headers).length} headers`;
  return { name: "contract", state: "done", detail };
}

/** What public edges were released as, where that is another contract than the one that stands: that is for preview edges. */
function releasedIn(contract: Contract, environments: readonly Environment[]): ReadonlyMap<string, Declared> {
  const file = join(dirname(contract.file), RELEASE_FILE);
  return new Map(
    environments.flatMap((environment) => {
      const { id, promotion } = environment;
      const live = promotion === "preview" ? loadRelease(file, id)?.live : undefined;
      const isOther =
        live !== undefined && digestOf(live.contract) !== digestOf(canonicalContract(contract, environment));
      return isOther ? [[id, contractOfRelease(live, file)] as const] : [];
    }),
  );
}

function releaseSteps(released: ReadonlyMap<string, Declared>): Step[] {
  const ids = [...released.keys()].join(", ");
  if (ids === "") return [];
  return [{ name: "release", state: "done", detail: `public edge of ${ids} as it was released, by ${RELEASE_FILE}` }];
}

/** The real credential of the environment, where there is one; it is checked before anything is sent. */
function tokenOf({ env }: CommandContext): { token?: string } {
  const token = env["HEADGATE_TOKEN"];
  if (token === undefined || token === "") return {};
  if (!/^[\x21-\x7e]*$/.test(token)) {
    throw new UsageError("HEADGATE_TOKEN holds a blank, a line end or another character that no credential has");
  }
  if (token.length < MIN_TOKEN) {
    throw new UsageError(
      `HEADGATE_TOKEN has fewer than ${MIN_TOKEN} characters: it would be found in values by chance`,
    );
  }
  return { token };
}

/** Fingerprints are keyed anew for each run: they compare inside it and tell nothing outside it. */
export function fingerprinter(): Fingerprinter {
  const key = randomBytes(32);
  return (value) => ({
    hash: createHmac("sha256", key).update(value, "latin1").digest("hex").slice(0, 8),
    bytes: Buffer.byteLength(value, "latin1"),
  });
}

/** The environment that is wanted, else all. @throws UsageError with the nearest name. */
export function environmentsOf(contract: Contract, wanted: string | undefined): Environment[] {
  const all = Object.values(contract.environments);
  if (wanted === undefined) return all;
  const one = all.find(({ id }) => id === wanted);
  if (one !== undefined) return [one];
  const names = all.map(({ id }) => id);
  const near = nearest(wanted, names);
  throw new UsageError(
    `${contract.file} declares no environment ${wanted}${near === undefined ? "" : `; did you mean ${near}?`} (valid: ${names.join(", ")})`,
  );
}
