import type { Contract, Environment } from "../contract/contract.ts";
import type { Case } from "./facts/case.ts";
import type { Control, Result } from "./facts/result.ts";
import { buildEdges } from "./model/build.ts";
import type { EdgeModel } from "./model/edge-model.ts";
import { approachesOf, hasWitness, liveName } from "./pipeline/approach.ts";
import { auditEnvironments } from "./pipeline/audit-stacks.ts";
import { conclude } from "./pipeline/conclude.ts";
import type { Judged, LiveSource, PipelineInput, Source } from "./pipeline/input.ts";
import { probeEmulated } from "./pipeline/probe-environment.ts";
import type { Probed } from "./pipeline/probe-environment.ts";
import { probeLive } from "./pipeline/probe-live.ts";
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
    if (source.kind === "live") return [liveRun(input, source, environment)];
    const look = source.kind === "model" ? proveCases : probeEmulated;
    return approachesOf(environment, models.get(environment.id) ?? []).map((approach) => {
      const { contract, cases } = planFor(approach.env, input, environment);
      return { cases, look: () => look({ ...input, contract }, approach, cases) };
    });
  });
  const cases = runs.flatMap((run) => run.cases);
  steps.push({ name: "plan", state: "done", detail: `${cases.length} cases` });

  const judged: Judged[] = [];
  const controls: Control[] = [];
  for (const { look } of runs) {
    const outcome = await measure("probe", look);
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
  readonly cases: readonly Case[];
  readonly look: () => Promise<Probed>;
}

/**
 * A public edge has to keep what it was released with: what the contract says beyond that is the preview edge's to prove,
 * before it is promoted.
 */
function planFor(
  env: string,
  { contract, released }: PipelineInput,
  environment: Environment,
): { readonly contract: Contract; readonly cases: readonly Case[] } {
  const asReleased = env === environment.id ? released?.get(environment.id) : undefined;
  const declared = asReleased ?? { contract, environment };
  return { contract: declared.contract, cases: planCases(declared.contract, { ...declared.environment, id: env }) };
}

/** At a running edge the cases of those services alone that somebody answers for. */
function liveRun(input: PipelineInput, source: LiveSource, environment: Environment): Run {
  const env = liveName(environment, source);
  const { contract, cases } = planFor(env, input, environment);
  const witnessed = cases.filter(({ service }) => hasWitness(contract.services[service], source));
  return { cases: witnessed, look: () => probeLive({ ...input, contract }, source, env, witnessed) };
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
