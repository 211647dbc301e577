import type { Environment } from "../contract/contract.ts";
import type { Control, Result } from "./facts/result.ts";
import { buildEdgeModel } from "./model/build.ts";
import type { EdgeModel } from "./model/edge-model.ts";
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
    source.kind === "cdktf" ? readModels(source.directory, environments) : new Map<string, EdgeModel>(),
  );
  if (models.size > 0)
    steps.push({
      name: "model",
      state: "done",
      detail: [...models.values()]
        .map(({ listeners, backends }) => `${listeners.length} listeners, ${backends.size} backends`)
        .join("; "),
    });
  const cases = environments.flatMap((environment) => planCases(contract, environment));
  steps.push({ name: "plan", state: "done", detail: `${cases.length} cases` });

  const judged: Judged[] = [];
  const controls: Control[] = [];
  for (const environment of environments) {
    const own = cases.filter(({ env }) => env === environment.id);
    const model = models.get(environment.id);
    const outcome = await measure("probe", () =>
      model === undefined ? probeLive(input, environment.id, own) : probeEmulated(input, environment.id, own, model),
    );
    judged.push(...outcome.judged);
    controls.push(...outcome.controls);
  }
  steps.push({ name: "probe", state: "done", detail: `${judged.length} cases, ${controls.length} controls` });
  return conclude(input, { digests: [...models.values()].map(({ digest }) => digest), cases, judged, controls });
}

function readModels(directory: string, environments: readonly Environment[]): Map<string, EdgeModel> {
  const graphs = readCdktfOut(directory);
  return new Map(
    environments.map(({ id }) => {
      const graph = graphs.find(({ name }) => name === id);
      if (graph === undefined)
        throw new ConfigurationError(
          `has no stack named ${id}, which the contract declares as an environment; it has ${graphs.map(({ name }) => name).join(", ")}`,
          { file: `${directory}/manifest.json` },
        );
      return [id, buildEdgeModel(graph)];
    }),
  );
}
