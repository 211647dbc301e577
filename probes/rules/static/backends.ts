import type { Problem } from "../../facts/provenance.ts";
import type { Backend } from "../../model/edge-model.ts";
import { attribute } from "../../terraform/graph.ts";
import type { Resource } from "../../terraform/graph.ts";
import { found } from "./define-rule.ts";
import type { Said, Subject } from "./define-rule.ts";
import { BACKEND_SERVICES } from "./reading.ts";
import { socketBackends } from "./sockets.ts";
import type { SocketWay } from "./sockets.ts";

/** A backend service with its lines. */
export interface BackendService {
  readonly backend: Backend;
  readonly resource: Resource;
}

/** Every backend service of some edges, each once; no buckets. */
export function backendServices({ graph, edges }: Subject): BackendService[] {
  const all = new Map(edges.flatMap(({ backends }) => [...backends]));
  return [...all.values()].flatMap((backend) => withLines(graph, backend));
}

/** Backend services that handshakes are sent to, and the ways by which they come. */
export function socketBackendServices(subject: Subject): (BackendService & { readonly ways: readonly SocketWay[] })[] {
  return socketBackends(subject).flatMap(({ item, ways }) =>
    withLines(subject.graph, item).map((service) => ({ ...service, ways })),
  );
}

function withLines({ resources }: Subject["graph"], backend: Backend): BackendService[] {
  const resource = resources.get(backend.address);
  const isService = resource !== undefined && BACKEND_SERVICES.some((type) => type === resource.type);
  return isService ? [{ backend, resource }] : [];
}

/** What Google refuses of backend services by some facts, as the model tells it. */
export function refusals(subject: Subject, ...facts: readonly string[]): Said[] {
  return backendServices(subject).flatMap(({ backend: { address, problems } }) =>
    problems.flatMap((problem) => (facts.includes(problem.fact ?? "") ? [refusal(address, problem)] : [])),
  );
}

/** What Google refuses of a backend service. */
export function refusal(address: string, { reason, by }: Problem): Said {
  return found(by, `Google refuses ${address}: ${reason}`);
}

/** An argument whose value cannot be read, where all depends on the value. */
export function unread({ body }: Resource, name: string): Said[] {
  const written = attribute(body, name);
  if (written === undefined) return [];
  if (written.kind === "unknown") return [written];
  const isOpen = written.kind === "template" || (written.kind === "reference" && written.value === undefined);
  return isOpen ? [{ kind: "unknown", reason: `is a value of ${name} that is not known`, by: written.by }] : [];
}
