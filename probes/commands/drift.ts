import { loadContract } from "../../contract/load.ts";
import type { Environment } from "../../contract/contract.ts";
import { compareLive } from "../drift/compare.ts";
import type { Compared, LiveType } from "../drift/compare.ts";
import type { Drift } from "../facts/drift.ts";
import type { Verdict } from "../facts/result.ts";
import { EXIT_CODE } from "../gate/verdict.ts";
import { renderDriftJson, renderDriftText } from "../report/drift-text.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import { DEFAULT_SOURCE, meant, readEdges } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { contractFile } from "./declared.ts";
import { listLive, readLive } from "./live-lists.ts";
import { emitOwn, ownOutputsOf } from "./outputs.ts";
import { sourceOptions } from "./source-options.ts";
import type { SourceChoice } from "./source-options.ts";

export interface DriftOptions extends SourceChoice {
  readonly contract?: string;
  readonly env?: string;
  /** Files that hold what runs; undefined: ask Google. */
  readonly live?: readonly string[];
  readonly project?: string;
  readonly region?: string;
  /** Where Google's APIs are, for tests: `http://127.0.0.1:PORT`. */
  readonly api?: string;
  readonly format: readonly string[];
  readonly out?: string;
  /** Seconds. */
  readonly timeout: number;
}

/**
 * What runs, against the configuration: was it ever applied, and what is another thing now? Reads only.
 * 0: nothing differs on the header path; 1: something does, or is missing; 3: something could not be looked at.
 */
export async function drift(
  source: string = DEFAULT_SOURCE,
  options: DriftOptions,
  context: CommandContext,
): Promise<number> {
  const startedAt = context.now();
  const outputs = ownOutputsOf(options, (format) => `drift writes text and json, not ${format}`);
  const { graphs } = await readEdges(source, sourceOptions(options));
  const graph = graphOf(source, graphs, options.env);
  const { lists, at } = await liveOf(graph, options, context);
  const compared = compareLive(graph, lists);
  const verdict = verdictOf(compared);
  const result: Drift = {
    schema: "headgate-drift/1",
    run: {
      verb: "drift",
      tool: `headgate ${context.toolVersion}`,
      startedAt: startedAt.toISOString(),
      durationMs: context.now().getTime() - startedAt.getTime(),
    },
    source,
    live: at,
    verdict,
    exitCode: EXIT_CODE[verdict],
    ...compared,
  };
  const text = (colour: boolean): string => renderDriftText(result, { colour });
  emitOwn({ text, json: () => renderDriftJson(result) }, outputs, context);
  return result.exitCode;
}

/** What could not be looked at outranks what was found. */
function verdictOf({ notCompared, missing, differences, compared }: Compared): Verdict {
  if (notCompared.length > 0 || compared === 0) return "inconclusive";
  return missing.length > 0 || differences.some(({ onPath }) => onPath) ? "contract-broken" : "pass";
}

function graphOf(source: string, graphs: ReadonlyMap<string, ResourceGraph>, env: string | undefined): ResourceGraph {
  const names = [...graphs.keys()];
  const one = graphs.size === 1 ? [...graphs.values()][0] : env === undefined ? undefined : graphs.get(env);
  if (one !== undefined) return one;
  const wrong = env === undefined ? "which stack? name one with --env" : `there is no stack ${env}${meant(env, names)}`;
  throw new UsageError(`${wrong}; ${source} holds ${names.join(", ")}`);
}

interface LiveLists {
  readonly lists: ReadonlyMap<string, LiveType>;
  readonly at: string;
}

async function liveOf(graph: ResourceGraph, options: DriftOptions, context: CommandContext): Promise<LiveLists> {
  if (options.live !== undefined) return { lists: readLive(options.live), at: options.live.join(", ") };
  const { project, region } = placeOf(graph, options, context);
  refuseOpenApi(options.api);
  const lists = await listLive(
    graph,
    {
      project,
      region,
      timeoutMs: options.timeout * 1000,
      signal: context.signal,
      ...(options.api !== undefined && { api: options.api.replace(/\/$/, "") }),
    },
    context,
  );
  return { lists, at: `project ${project}, ${region}` };
}

/** Project and region: as they are named, else those of the environment in the contract. */
function placeOf(
  graph: ResourceGraph,
  options: DriftOptions,
  { cwd }: CommandContext,
): { project: string; region: string } {
  const file = contractFile(options.contract, cwd);
  const environments = file === undefined ? {} : loadContract(file).environments;
  const own: Environment | undefined = environments[options.env ?? graph.name];
  const project = options.project ?? own?.project;
  const region = options.region ?? own?.region;
  if (project !== undefined && region !== undefined) return { project, region };
  throw new UsageError(
    "which project and region? name them with --project and --region, or the environment with --env",
  );
}

/** A token goes there with every call. */
function refuseOpenApi(api: string | undefined): void {
  if (api === undefined || /^https:\/\/|^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?\/?$/.test(api)) return;
  throw new UsageError(`--api ${api}: a token would go there in clear; give https://…, or http:// on this machine`);
}
