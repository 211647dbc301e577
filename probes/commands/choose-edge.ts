import { nearest } from "../../contract/problem.ts";
import { ASSUMPTIONS } from "../model/assumptions.ts";
import type { AssumptionName, Assumptions } from "../model/assumptions.ts";
import { buildEdges } from "../model/build.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { isInRange } from "../model/ip-range.ts";
import { namesHost as namesHostIn } from "../model/host-index.ts";
import { placeInCertificate } from "../model/stage-front.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import { readSource } from "../terraform/read-source.ts";
import type { SourceKind, SourceOptions } from "../terraform/read-source.ts";
import { UsageError } from "./context.ts";

export interface EdgeChoice {
  /** Stack or environment. */
  readonly env?: string;
  /** Label of the edge inside it. */
  readonly edge?: string;
  /** Where nothing else decides: the edges that name this host. */
  readonly host?: string;
}

/** Folder that `cdktf synth` writes into, where no other is named. */
export const DEFAULT_SOURCE = "cdktf.out";

/** Label of the edge that users meet, where a stack holds several. */
const PUBLIC = "production";

/** The edges of a configuration, stack by stack. */
export interface EdgeSource {
  /** As the user named it. */
  readonly at: string;
  readonly kind: SourceKind;
  readonly stacks: ReadonlyMap<string, readonly EdgeModel[]>;
  readonly graphs: ReadonlyMap<string, ResourceGraph>;
  readonly warnings: readonly string[];
}

/** @throws ConfigurationError for a configuration that cannot be read. */
export async function readEdges(at: string, options: SourceOptions = {}): Promise<EdgeSource> {
  const { kind, graphs } = await readSource(at, options);
  return {
    at,
    kind,
    stacks: new Map(graphs.map((graph) => [graph.name, buildEdges(graph)])),
    graphs: new Map(graphs.map((graph) => [graph.name, graph])),
    warnings: graphs.flatMap(({ warnings = [] }) => warnings),
  };
}

/**
 * The one edge of a configuration that is meant: by the name of its stack and by its label, else by the host.
 * @throws UsageError with the choices.
 */
export function chooseEdge({ at, stacks }: EdgeSource, choice: EdgeChoice): EdgeModel {
  const edges = stacks.get(stackName(at, stacks, choice))!;
  if (choice.edge !== undefined) return labelled(edges, choice.edge);
  const usual = edges.find(({ edge }) => edge === undefined) ?? edges.find(({ edge }) => edge === PUBLIC);
  if (usual !== undefined) return usual;
  if (edges.length === 1) return edges[0]!;
  throw new UsageError(`${edges[0]!.name} has several edges; name one with --edge (${labelsOf(edges).join(", ")})`);
}

function stackName(
  source: string,
  stacks: ReadonlyMap<string, readonly EdgeModel[]>,
  { env, host }: EdgeChoice,
): string {
  const names = [...stacks.keys()];
  const choices = `${source} holds ${names.join(", ")}`;
  if (env !== undefined) {
    if (stacks.has(env)) return env;
    throw new UsageError(`there is no stack ${env}${meant(env, names)}; ${choices}`);
  }
  if (names.length === 1) return names[0]!;
  if (host === undefined) throw new UsageError(`which stack? name one with --env; ${choices}`);
  const naming = names.filter((name) => stacks.get(name)!.some((edge) => namesHost(edge, host)));
  if (naming.length === 1) return naming[0]!;
  const found =
    naming.length === 0 ? `no stack names the host ${host}` : `${naming.join(" and ")} both name the host ${host}`;
  throw new UsageError(`${found}; name one with --env; ${choices}`);
}

/** Whether an edge has a certificate or a rule for a host; a rule for every host names none. */
export function namesHost({ listeners }: EdgeModel, host: string): boolean {
  return listeners.some((listener) => {
    if (placeInCertificate(listener, host) !== undefined) return true;
    const { urlMap } = listener;
    return !("reason" in urlMap) && namesHostIn(urlMap.index, host);
  });
}

function labelled(edges: readonly EdgeModel[], wanted: string): EdgeModel {
  const found = edges.find(({ edge }) => edge === wanted);
  if (found !== undefined) return found;
  const labels = labelsOf(edges);
  const valid = labels.length === 0 ? "its listeners carry no label headgate-edge" : `valid: ${labels.join(", ")}`;
  throw new UsageError(`${edges[0]!.name} has no edge ${wanted}${meant(wanted, labels)} (${valid})`);
}

function labelsOf(edges: readonly EdgeModel[]): string[] {
  return edges.flatMap(({ edge }) => edge ?? []);
}

/**
 * Values for open questions from `NAME=VALUE` texts.
 * @throws UsageError with the nearest name, or the values that there are.
 */
export function assumptionsOf(written: readonly string[] = []): Assumptions {
  return Object.fromEntries(written.map(assumptionOf));
}

function assumptionOf(text: string): [AssumptionName, string] {
  const names = Object.keys(ASSUMPTIONS) as AssumptionName[];
  const at = text.indexOf("=");
  const [name, value] = at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  const known = names.find((each) => each === name);
  if (known === undefined)
    throw new UsageError(
      `--assume ${name}: there is no open question of that name${meant(name, names)} (valid: ${names.join(", ")})`,
    );
  const values: readonly string[] = ASSUMPTIONS[known].values;
  if (value !== undefined && values.includes(value)) return [known, value];
  const wrong =
    value === undefined ? "has no value" : `is ${value}, which is none of its values${meant(value, values)}`;
  throw new UsageError(`--assume ${name} ${wrong}; write --assume ${name}=${values.join("|")}`);
}

/** The address that a client is said to come from. @throws UsageError for what is none. */
export function clientAddressOf(text: string | undefined): string | undefined {
  if (text === undefined || isInRange(text, text) === true) return text;
  throw new UsageError(`--client-address ${text} is no IP address`);
}

/** `; did you mean …?`, where one of the choices is near. */
export function meant(wrong: string, choices: readonly string[]): string {
  const near = nearest(wrong, choices);
  return near === undefined ? "" : `; did you mean ${near}?`;
}
