import type { Contract, Environment } from "../contract/contract.ts";
import type { Case } from "./facts/case.ts";
import type { Control, Result } from "./facts/result.ts";
import { buildEdges } from "./model/build.ts";
import type { EdgeModel } from "./model/edge-model.ts";
import { approachesOf } from "./pipeline/approach.ts";
import type { Approach } from "./pipeline/approach.ts";
import { auditEnvironments } from "./pipeline/audit-stacks.ts";
import { conclude } from "./pipeline/conclude.ts";
import type { Judged, PipelineInput, Source } from "./pipeline/input.ts";
import { probeEmulated, probeLive } from "./pipeline/probe-environment.ts";
import { proveCases } from "./pipeline/prove.ts";
import { STATIC_RULES } from "./rules/static/index.ts";
import { planCases } from "./plan/plan.ts";
import { ConfigurationError } from "./terraform/configuration-error.ts";
import { readCdktfOut } from "./terraform/read-cdktf-out.ts";

/** The whole flow: configuration → model → cases → traffic → cells → verdict. Plain data in, plain data out. */
export async function runPipeline(input: PipelineInput): Promise<Result> {
  const { environments, source, measure, steps } = input;
  const models = measure("model", () => modelsOf(source, environments));
  if (models.size > 0)
    steps.push({ name: "model", state: "done", detail: [...models.values()].map(describeEdges).join("; ") });
  const runs = environments.flatMap((environment): Run[] => {
    if (models.size === 0) return [runOf(environment.id, input, environment)];
    return approachesOf(environment, models.get(environment.id) ?? []).map((approach) => ({
      ...runOf(approach.env, input, environment),
      approach,
    }));
  });
  const cases = runs.flatMap((run) => run.cases);
  steps.push({ name: "plan", state: "done", detail: `${cases.length} cases` });

  const judged: Judged[] = [];
  const controls: Control[] = [];
  for (const { env, contract, cases: own, approach } of runs) {
    const look = source.kind === "model" ? proveCases : probeEmulated;
    const declared = { ...input, contract };
    const outcome = await measure("probe", () =>
      approach === undefined ? probeLive(declared, env, own) : look(declared, approach, own),
    );
    judged.push(...outcome.judged);
    controls.push(...outcome.controls);
  }
  steps.push({
    name: source.kind === "model" ? "prove" : "probe",
    state: "done",
    detail: `${judged.length} cases, ${controls.length} controls`,
  });
  const audit = source.kind === "model" ? measure("audit", () => auditEnvironments(source, input)) : undefined;
  if (audit !== undefined)
    steps.push({
      name: "audit",
      state: "done",
      detail: `${STATIC_RULES.length} rules, ${audit.findings.length} findings`,
    });
  const digests = [...models.values()].flatMap(([first]) => first?.digest ?? []);
  return conclude(input, { digests, cases, judged, controls, ...(audit !== undefined && { audit }) });
}

/** The plan of one environment against one edge. */
interface Run {
  readonly env: string;
  /** What this edge has to keep. */
  readonly contract: Contract;
  readonly cases: readonly Case[];
  /** Undefined for an edge that is running somewhere. */
  readonly approach?: Approach;
}

/**
 * A public edge has to keep what it was released with: what the contract says beyond that is the preview edge's to prove,
 * before it is promoted.
 */
function runOf(env: string, { contract, released }: PipelineInput, environment: Environment): Run {
  const asReleased = env === environment.id ? released?.get(environment.id) : undefined;
  const declared = asReleased ?? { contract, environment };
  return {
    env,
    contract: declared.contract,
    cases: planCases(declared.contract, { ...declared.environment, id: env }),
  };
}

function describeEdges(edges: readonly EdgeModel[]): string {
  const listeners = edges.flatMap((edge) => edge.listeners).length;
  const counted = `${listeners} listeners, ${edges[0]?.backends.size ?? 0} backends`;
  return edges.length > 1 ? `${counted}, ${edges.length} edges` : counted;
}

function modelsOf(source: Source, environments: readonly Environment[]): ReadonlyMap<string, readonly EdgeModel[]> {
  if (source.kind === "cdktf") return readModels(source, environments);
  return source.kind === "model" ? stacksFor(source, environments) : new Map();
}

/** The stack of an environment has its name; where there is but one stack, it is the one that is meant. */
function stacksFor(
  { at, stacks }: Extract<Source, { kind: "model" }>,
  environments: readonly Environment[],
): Map<string, readonly EdgeModel[]> {
  const [only] = stacks.size === 1 ? [...stacks.values()] : [];
  return new Map(
    environments.map(({ id }) => {
      const edges = stacks.get(id) ?? (environments.length === 1 ? only : undefined);
      if (edges === undefined) throw new ConfigurationError(noStack(id, [...stacks.keys()]), { file: at });
      return [id, edges];
    }),
  );
}

function noStack(id: string, names: readonly string[]): string {
  return `has no stack named ${id}, which the contract declares as an environment; it has ${names.join(", ")}`;
}

function readModels(
  source: Extract<Source, { kind: "cdktf" }>,
  environments: readonly Environment[],
): Map<string, EdgeModel[]> {
  const { directory, graphs = readCdktfOut(directory, source) } = source;
  return new Map(
    environments.map(({ id }) => {
      const graph = graphs.find(({ name }) => name === id);
      if (graph === undefined)
        throw new ConfigurationError(
          noStack(
            id,
            graphs.map(({ name }) => name),
          ),
          { file: `${directory}/manifest.json` },
        );
      return [id, buildEdges(graph)];
    }),
  );
}
