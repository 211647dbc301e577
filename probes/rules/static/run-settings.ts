import type { Provenance } from "../../facts/provenance.ts";
import type { Backend, EdgeModel, RunService } from "../../model/edge-model.ts";
import { attribute, blocks } from "../../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../../terraform/graph.ts";

/** Settings of a Cloud Run service of either API; undefined: nothing is written. */
export interface RunSettings {
  /** Where a setting of the template goes that is not written. */
  readonly templateAt: Provenance;
  readonly containers: readonly Value[];
  readonly timeout: Value | undefined;
  readonly concurrency: Value | undefined;
  readonly ingress: Value | undefined;
  /** Of a revision, or of the service as a whole. */
  readonly minInstances: Value | undefined;
  readonly maxInstances: Value | undefined;
  /** `default_uri_disabled`. */
  readonly closedUri: Value | undefined;
  readonly traffic: readonly Value[];
  readonly mesh: Value | undefined;
  /** Name of the template's revision. */
  readonly revision: Value | undefined;
}

/** What is written of a service, in one shape for both APIs. */
export function settingsOf({ type, body }: Resource): RunSettings {
  return type === "google_cloud_run_service" ? settingsOfV1(body) : settingsOfV2(body);
}

/** The resource of a service of the model. */
export function resourceOf(graph: ResourceGraph, { address }: RunService): Resource {
  return graph.resources.get(address)!;
}

function settingsOfV2(body: Value): RunSettings {
  const template = blocks(body, "template");
  const scaling = [...template, body].flatMap((block) => blocks(block, "scaling"));
  return {
    templateAt: (template[0] ?? body).by,
    containers: template.flatMap((block) => blocks(block, "containers")),
    timeout: firstOf(template, "timeout"),
    concurrency: firstOf(template, "max_instance_request_concurrency"),
    ingress: attribute(body, "ingress"),
    minInstances: firstOf(scaling, "min_instance_count"),
    maxInstances: firstOf(scaling, "max_instance_count"),
    closedUri: attribute(body, "default_uri_disabled"),
    traffic: blocks(body, "traffic"),
    mesh: firstOf(template, "service_mesh"),
    revision: firstOf(template, "revision"),
  };
}

function settingsOfV1(body: Value): RunSettings {
  const template = blocks(body, "template");
  const spec = template.flatMap((block) => blocks(block, "spec"));
  const annotations = (parents: readonly Value[]): Value[] =>
    parents.flatMap((parent) => blocks(parent, "metadata")).flatMap((block) => attribute(block, "annotations") ?? []);
  const [own, revision] = [annotations([body]), annotations(template)];
  return {
    templateAt: (spec[0] ?? template[0] ?? body).by,
    containers: spec.flatMap((block) => blocks(block, "containers")),
    timeout: firstOf(spec, "timeout_seconds"),
    concurrency: firstOf(spec, "container_concurrency"),
    ingress: firstOf(own, "run.googleapis.com/ingress"),
    minInstances: firstOf(revision, "autoscaling.knative.dev/minScale") ?? firstOf(own, "run.googleapis.com/minScale"),
    maxInstances: firstOf(revision, "autoscaling.knative.dev/maxScale") ?? firstOf(own, "run.googleapis.com/maxScale"),
    closedUri: firstOf(own, "run.googleapis.com/default-url-disabled"),
    traffic: blocks(body, "traffic"),
    mesh: undefined,
    revision: firstOf(
      template.flatMap((block) => blocks(block, "metadata")),
      "name",
    ),
  };
}

function firstOf(parents: readonly Value[], name: string): Value | undefined {
  return parents.map((parent) => attribute(parent, name)).find((value) => value !== undefined);
}

/** How the API of a service writes a request timeout. */
export function timeoutOf(
  { type }: Resource,
  seconds: number,
): { readonly name: string; readonly value: string | number } {
  return type === "google_cloud_run_service"
    ? { name: "timeout_seconds", value: seconds }
    : { name: "timeout", value: `${seconds}s` };
}

/** CPUs of the one container: `0.5`, `500m`; undefined where they are not written, not known, or of several containers. */
export function cpuOf({ containers }: RunSettings): { readonly value: number; readonly by: Provenance } | undefined {
  const [container, another] = containers;
  if (container === undefined || another !== undefined) return undefined;
  const limits = blocks(container, "resources").flatMap((block) => attribute(block, "limits") ?? []);
  const written = firstOf(limits, "cpu");
  if (written?.kind !== "literal") return undefined;
  const [, amount, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(String(written.value)) ?? [];
  if (amount === undefined) return undefined;
  return { value: Number(amount) / (milli === "m" ? 1000 : 1), by: written.by };
}

/** The services of some edges, each once. */
export function runServices(edges: readonly EdgeModel[]): RunService[] {
  return [...new Map(edges.flatMap(({ services }) => services.map((each) => [each.address, each] as const))).values()];
}

const BEFORE = new WeakMap<readonly EdgeModel[], ReadonlyMap<string, readonly Backend[]>>();

/** The backend services that lead to a Cloud Run service, by name or by a mask. */
export function backendsBefore(edges: readonly EdgeModel[], { address }: RunService): readonly Backend[] {
  const known = BEFORE.get(edges) ?? byService(edges);
  BEFORE.set(edges, known);
  return known.get(address) ?? [];
}

function byService(edges: readonly EdgeModel[]): ReadonlyMap<string, readonly Backend[]> {
  const all = new Map(edges.flatMap(({ backends }) => [...backends]));
  const found = new Map<string, Backend[]>();
  for (const backend of all.values()) {
    const services = backend.groups.flatMap((group) =>
      group.kind === "run" ? [group.service] : group.kind === "mask" ? group.services : [],
    );
    for (const address of new Set(services.map((service) => service.address))) {
      const own = found.get(address);
      if (own === undefined) found.set(address, [backend]);
      else own.push(backend);
    }
  }
  return found;
}
