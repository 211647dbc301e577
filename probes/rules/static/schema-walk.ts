import { COMPUTED, KNOWN_ATTRIBUTES } from "../../model/attributes.ts";
import type { BlockAttributes } from "../../model/attribute-kinds.ts";
import { kindAt } from "../../model/attribute-places.ts";
import { rangeOf } from "../../model/product.ts";
import { attribute, blocks, knownText } from "../../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../../terraform/graph.ts";
import { SCHEMA_VERSION, entryOf, schemaOf } from "./provider-schema.ts";
import type { SchemaBlock, SchemaEntry } from "./provider-schema.ts";

/** A block of a configuration, and what the provider says of blocks at its place. */
export interface SchemaPlace {
  readonly resource: Resource;
  /** `google_compute_url_map path_matcher path_rule`. */
  readonly place: string;
  readonly value: Extract<Value, { kind: "object" }>;
  readonly schema: SchemaBlock;
}

/** What is written in a block under a name, and what the provider has there. */
export interface SchemaArgument extends SchemaPlace {
  readonly name: string;
  readonly argument: Value;
  /** Undefined where the version of the schema has nothing of that name. */
  readonly entry: SchemaEntry | undefined;
}

const PLACES = new WeakMap<ResourceGraph, readonly SchemaPlace[]>();

/** Every block of the resources whose schema is known, from the outermost in. What an API exported has no such form. */
export function schemaPlaces(graph: ResourceGraph): readonly SchemaPlace[] {
  const known = PLACES.get(graph);
  if (known !== undefined) return known;
  const places = [...graph.resources.values()].flatMap((resource) => {
    const schema = resource.api === true ? undefined : schemaOf(resource.type);
    return schema === undefined ? [] : placesIn({ resource, place: resource.type, value: resource.body, schema });
  });
  PLACES.set(graph, places);
  return places;
}

function placesIn(at: SchemaPlace): SchemaPlace[] {
  const inner = [...at.value.entries.keys()].flatMap((name) => {
    const entry = entryOf(at.schema, name);
    if (entry?.kind !== "block") return [];
    return blocks(at.value, name).flatMap((value) =>
      value.kind === "object"
        ? placesIn({ resource: at.resource, place: `${at.place} ${name}`, value, schema: entry.inner })
        : [],
    );
  });
  return [at, ...inner];
}

const ARGUMENTS = new WeakMap<ResourceGraph, readonly SchemaArgument[]>();

/** Everything that is written in those blocks; `null` and empty lists are not. */
export function schemaArguments(graph: ResourceGraph): readonly SchemaArgument[] {
  const known = ARGUMENTS.get(graph);
  if (known !== undefined) return known;
  const found: SchemaArgument[] = [];
  for (const at of schemaPlaces(graph))
    for (const name of at.value.entries.keys()) {
      const argument = attribute(at.value, name);
      if (argument === undefined || (argument.kind === "list" && argument.items.length === 0)) continue;
      found.push({ ...at, name, argument, entry: entryOf(at.schema, name) });
    }
  ARGUMENTS.set(graph, found);
  return found;
}

/** Names that some version of the provider has in blocks at a place; undefined where only this schema's are known. */
export function namesOfAnyVersion(place: string): readonly string[] | undefined {
  const kind = kindAt(place);
  if (kind === undefined) return undefined;
  const { modelled, inert, undecided = {} }: BlockAttributes = KNOWN_ATTRIBUTES[kind];
  return [...modelled, ...inert, ...Object.keys(undecided), ...COMPUTED];
}

/** What the version of the provider that a configuration asks for is to the schema's own. */
export function versionOf(graph: ResourceGraph, { body }: Resource): "known" | "newer" | "open" {
  const [major = 0] = SCHEMA_VERSION.split(".").map(Number);
  const name = knownText(attribute(body, "provider"))?.split(".")[0] ?? "google";
  const range = rangeOf(graph.providers?.get(name)?.value ?? "");
  if (range?.from !== undefined && range.from[0]! > major) return "newer";
  // Beta providers have arguments that the schema does not hold.
  return name === "google" && range?.below !== undefined && isUpTo(range.below, major + 1) ? "known" : "open";
}

function isUpTo(version: readonly number[], major: number): boolean {
  const [own = 0, ...rest] = version;
  return own < major || (own === major && rest.every((part) => part === 0));
}
