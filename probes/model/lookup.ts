import type { Unknown } from "../facts/provenance.ts";
import { knownText } from "../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { attribute } from "../terraform/graph.ts";

interface Index {
  readonly byType: ReadonlyMap<string, readonly Resource[]>;
  /** Type and name, as Google calls it. */
  readonly byName: ReadonlyMap<string, readonly Resource[]>;
}

/** Made once for each graph, so that building stays linear in its size. */
const INDEXES = new WeakMap<ResourceGraph, Index>();

/** Resources of these types, type by type, in file order. */
export function ofTypes(graph: ResourceGraph, ...types: readonly string[]): Resource[] {
  const { byType } = indexOf(graph);
  return types.flatMap((type) => byType.get(type) ?? []);
}

/** Resources of a type that are called so. */
export function ofName(graph: ResourceGraph, type: string, name: string): readonly Resource[] {
  return indexOf(graph).byName.get(`${type} ${name}`) ?? [];
}

/**
 * The resource that a value means: by reference, by a text around one reference, or by a name or a link that ends in it.
 * `types` are the ones that may stand here.
 */
export function resolved(graph: ResourceGraph, value: Value, types: readonly string[]): Resource | Unknown {
  if (value.kind === "unknown") return value;
  const address = addressIn(value);
  if (address !== undefined) return held(graph, value, { address, types });
  const text = knownText(value);
  const wanted = types.join(" or ");
  if (text === undefined)
    return { kind: "unknown", reason: `is not a reference to a ${wanted} of this configuration`, by: value.by };
  const name = text.slice(text.lastIndexOf("/") + 1);
  const found = types.flatMap((type) => ofName(graph, type, name)).filter((one) => isLinked(one, text));
  if (found.length === 1) return found[0]!;
  return {
    kind: "unknown",
    reason: `names ${name}, of which this configuration holds ${found.length === 0 ? "none" : found.length}`,
    by: value.by,
  };
}

function held(
  graph: ResourceGraph,
  { by }: Value,
  { address, types }: { readonly address: string; readonly types: readonly string[] },
): Resource | Unknown {
  const resource = graph.resources.get(address);
  if (resource === undefined)
    return { kind: "unknown", reason: `refers to ${address}, which this configuration does not hold`, by };
  return types.includes(resource.type)
    ? resource
    : { kind: "unknown", reason: `refers to ${address}, not to a ${types.join(" or ")}`, by };
}

const IN_TEXT = /\$\{([a-z0-9_]+\.[A-Za-z0-9_-]+)\.[a-z_]+\}/g;

/** Address of the one resource that a value refers to. */
export function addressIn(value: Value): string | undefined {
  if (value.kind === "reference") return value.address;
  if (value.kind !== "template") return undefined;
  const parts = (value.parts ?? []).flatMap((part) =>
    typeof part !== "string" && part.kind === "reference" ? [part.address] : [],
  );
  const [address, another] =
    parts.length > 0 ? parts : [...value.expression.matchAll(IN_TEXT)].map(([, found]) => found);
  return another === undefined ? address : undefined;
}

/** A link that names a region is not one to a resource of another. */
function isLinked({ body }: Resource, text: string): boolean {
  const region = /\/(?:regions|locations)\/([^/]+)\//.exec(text)?.[1];
  const own = knownText(attribute(body, "region")) ?? knownText(attribute(body, "location"));
  return region === undefined || own === undefined || region === own;
}

function indexOf(graph: ResourceGraph): Index {
  const known = INDEXES.get(graph);
  if (known !== undefined) return known;
  const byType = new Map<string, Resource[]>();
  const byName = new Map<string, Resource[]>();
  for (const resource of graph.resources.values()) {
    put(byType, resource.type, resource);
    const name = knownText(attribute(resource.body, "name"));
    if (name !== undefined) put(byName, `${resource.type} ${name}`, resource);
  }
  const made = { byType, byName };
  INDEXES.set(graph, made);
  return made;
}

function put(map: Map<string, Resource[]>, key: string, resource: Resource): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [resource]);
  else list.push(resource);
}
