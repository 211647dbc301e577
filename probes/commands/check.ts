import { randomBytes } from "node:crypto";
import { loadContract } from "../../contract/load.ts";
import { baselineFor, keepBaseline } from "./baseline.ts";
import type { BaselineOptions } from "./baseline.ts";
import { DEFAULT_SOURCE, readEdges } from "./choose-edge.ts";
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
  const { baseline: _, ...rest } = options;
  const accepted = baselineFor(options, context);
  if (file === undefined) {
    const { findings, exitCode } = surveySource(edges, { ...rest, ...accepted }, context);
    keepBaseline(findings, options, context);
    return exitCode;
  }
  const env = options.env ?? environmentFor(loadContract(file), edges);
  const run: RunOptions = { ...rest, ...accepted, contract: file, ...NO_TRAFFIC, ...(env !== undefined && { env }) };
  const { findings, exitCode } = await runForResult("check", run, context, () =>
    Promise.resolve({
      source: {
        kind: "model",
        at: edges.at,
        form: edges.kind,
        stacks: edges.stacks,
        graphs: edges.graphs,
        failOn: options.failOn,
      },
      key: randomBytes(32).toString("hex"),
    }),
  );
  keepBaseline(findings, options, context);
  return exitCode;
}

/** What a run needs for its traffic, where there is none. */
const NO_TRAFFIC = { timeout: 5, concurrency: 1, prober: "library" } as const;
