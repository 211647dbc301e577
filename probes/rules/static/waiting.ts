import type { Unknown } from "../../facts/provenance.ts";
import type { Reference, Resource, ResourceGraph, Value } from "../../terraform/graph.ts";

/** Addresses of all that waits for one of these resources: by `depends_on`, by a reference, or through something else that does. */
export function waitingFor(graph: ResourceGraph, first: readonly Resource[]): ReadonlySet<string> {
  const dependents = new Map<string, string[]>();
  for (const resource of graph.resources.values())
    for (const needed of new Set([...(resource.waitsFor ?? []), ...namesIn(resource.body)]))
      dependents.set(needed, [...(dependents.get(needed) ?? []), resource.address]);
  const waiting = new Set<string>();
  const pending = first.map(({ address }) => address);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const dependent of namesOf(next).flatMap((name) => dependents.get(name) ?? [])) {
      if (waiting.has(dependent)) continue;
      waiting.add(dependent);
      pending.push(dependent);
    }
  }
  return waiting;
}

/** How others may name a resource: by its address, without the keys of instances, by a module that holds it. */
function namesOf(address: string): string[] {
  const plain = address.replace(/\[[^\]]*\]/g, "");
  const modules = [...plain.matchAll(/(?<=^|\.)module\.[^.]+(?=\.)/g)];
  return [...new Set([address, plain, ...modules.map((match) => plain.slice(0, match.index + match[0].length))])];
}

/** What a value refers to, as addresses. */
function namesIn(value: Value): string[] {
  if (value.kind === "reference") return [value.address];
  if (value.kind === "template") return (value.parts ?? []).flatMap((part) => (isReference(part) ? part.address : []));
  return partsOf(value).flatMap(namesIn);
}

/** The first part of a resource that is not known, and may refer to anything. */
export function openPartOf({ body }: Resource): Unknown | undefined {
  const pending: Value[] = [body];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === "unknown") return next;
    pending.push(...partsOf(next));
  }
  return undefined;
}

function partsOf(value: Value): readonly Value[] {
  if (value.kind === "list") return value.items;
  if (value.kind !== "object") return [];
  return [...value.entries].flatMap(([name, entry]) => (NAMES.has(name) ? [] : [entry]));
}

function isReference(part: string | Reference | Unknown): part is Reference {
  return typeof part !== "string" && part.kind === "reference";
}

/** What these name is no value. */
const NAMES = new Set(["depends_on", "lifecycle", "provider"]);
