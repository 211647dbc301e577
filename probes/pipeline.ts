import type { Environment } from "../contract/contract.ts";
import type { Case } from "./facts/case.ts";
import type { Control, Result } from "./facts/result.ts";
import { buildEdges } from "./model/build.ts";
import type { EdgeModel } from "./model/edge-model.ts";
import { approachesOf } from "./pipeline/approach.ts";
import type { Approach } from "./pipeline/approach.ts";
import { conclude } from "./pipeline/conclude.ts";
import type { Judged, PipelineInput } from "./pipeline/input.ts";
import { probeEmulated, probeLive } from "./pipeline/probe-environment.ts";
import { planCases } from "./plan/plan.ts";
import { ConfigurationError } from "./terraform/configuration-error.ts";
import { readCdktfOut } from "./terraform/read-cdktf-out.ts";

/** The whole flow: configuration → model → cases → traffic → cells → verdict. Plain data in, plain data out. */
export async function runPipeline(input: PipelineInput): Promise<Result> {
  const { contract, environments, source, measure, steps } = input;
  const models = measure("model", () =>
    source.kind === "cdktf" ? readModels(source.directory, environments) : new Map<string, EdgeModel[]>(),
  );
  if (models.size > 0)
    steps.push({ name: "model", state: "done", detail: [...models.values()].map(describeEdges).join("; ") });
  const runs = environments.flatMap((environment): Run[] => {
    const approaches = approachesOf(environment, models.get(environment.id) ?? []);
    const planned = (env: string): Case[] => planCases(contract, { ...environment, id: env });
    if (models.size === 0) return [{ env: environment.id, cases: planned(environment.id) }];
    return approaches.map((approach) => ({ env: approach.env, cases: planned(approach.env), approach }));
  });
  const cases = runs.flatMap((run) => run.cases);
  steps.push({ name: "plan", state: "done", detail: `${cases.length} cases` });

  const judged: Judged[] = [];
  const controls: Control[] = [];
  for (const { env, cases: own, approach } of runs) {
    const outcome = await measure("probe", () =>
      approach === undefined ? probeLive(input, env, own) : probeEmulated(input, approach, own),
    );
    judged.push(...outcome.judged);
    controls.push(...outcome.controls);
  }
  steps.push({ name: "probe", state: "done", detail: `${judged.length} cases, ${controls.length} controls` });
  const digests = [...models.values()].flatMap(([first]) => first?.digest ?? []);
  return conclude(input, { digests, cases, judged, controls });
}

/** The plan of one environment against one edge. */
interface Run {
  readonly env: string;
  readonly cases: readonly Case[];
  /** Undefined for an edge that is running somewhere. */
  readonly approach?: Approach;
}

function describeEdges(edges: readonly EdgeModel[]): string {
  const listeners = edges.flatMap((edge) => edge.listeners).length;
  const counted = `${listeners} listeners, ${edges[0]?.backends.size ?? 0} backends`;
  return edges.length > 1 ? `${counted}, ${edges.length} edges` : counted;
}

function readModels(directory: string, environments: readonly Environment[]): Map<string, EdgeModel[]> {
  const graphs = readCdktfOut(directory);
  return new Map(
    environments.map(({ id }) => {
      const graph = graphs.find(({ name }) => name === id);
      if (graph === undefined)
        throw new ConfigurationError(
          `has no stack named ${id}, which the contract declares as an environment; it has ${graphs.map(({ name }) => name).join(", ")}`,
          { file: `${directory}/manifest.json` },
        );
      return [id, buildEdges(graph)];
    }),
  );
}
