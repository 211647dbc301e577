import { randomBytes } from "node:crypto";
import { loadContract } from "../../contract/load.ts";
import { baselineFor, keepBaseline } from "./baseline.ts";
import type { BaselineOptions } from "./baseline.ts";
import type { Result } from "../facts/result.ts";
import { DEFAULT_SOURCE, readEdges } from "./choose-edge.ts";
import type { EdgeSource } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import type { FAIL_ON } from "./choices.ts";
import { contractFile, environmentFor } from "./declared.ts";
import { runForResult } from "./run.ts";
import type { RunOptions } from "./run.ts";
import { sourceOptions } from "./source-options.ts";
import type { SourceChoice } from "./source-options.ts";
import { surveySource } from "./survey.ts";

export interface CheckOptions
  extends
    SourceChoice,
    BaselineOptions,
    Omit<RunOptions, "contract" | "timeout" | "concurrency" | "prober" | "baseline"> {
  /** Undefined: `headgate.yaml` where there is one, else no contract. */
  readonly contract?: string;
  /** Least severity of a finding that is no pass. */
  readonly failOn: (typeof FAIL_ON)[number];
}

/**
 * Configuration alone, no traffic. With a contract: every route, path form, header, protocol and client of it against the
 * model. Without one: which credentials arrive where.
 */
export async function check(
  source: string = DEFAULT_SOURCE,
  options: CheckOptions,
  context: CommandContext,
): Promise<number> {
  const file = contractFile(options.contract, context.cwd);
  const edges = await readEdges(source, sourceOptions(options));
  for (const warning of edges.warnings) context.stderr(`headgate: warning: ${warning}\n`);
  if (file === undefined) {
    const { baseline: _, ...rest } = options;
    const { findings, exitCode } = surveySource(edges, { ...rest, ...baselineFor(options, context) }, context);
    keepBaseline(findings, options, context);
    return exitCode;
  }
  const env = options.env ?? environmentFor(loadContract(file), edges);
  return (await proveAgainst(edges, { ...options, contract: file, ...(env !== undefined && { env }) }, context))
    .exitCode;
}

/** Every case of a contract against the model of what was read, and the rules on configurations. */
export async function proveAgainst(
  { at, kind, stacks, graphs }: EdgeSource,
  options: CheckOptions & { readonly contract: string },
  context: CommandContext,
): Promise<Result> {
  const { baseline: _, ...rest } = options;
  const run: RunOptions = { ...rest, ...baselineFor(options, context), ...NO_TRAFFIC };
  const result = await runForResult("check", run, context, () =>
    Promise.resolve({
      source: { kind: "model", at, form: kind, stacks, graphs, failOn: options.failOn },
      key: randomBytes(32).toString("hex"),
    }),
  );
  keepBaseline(result.findings, options, context);
  return result;
}

/** What a run needs for its traffic, where there is none. */
const NO_TRAFFIC = { timeout: 5, concurrency: 1, prober: "library" } as const;
