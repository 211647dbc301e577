import SCHEMA from "./provider-schema.json" with { type: "json" };

/** What a block may hold: of an attribute the letters of its type, of a block `[index, least, greatest number]`. */
export type SchemaBlock = Readonly<Record<string, string | readonly [index: number, least: number, most: number]>>;

/** The provider's schema of the resource types that the model knows; equal blocks stand in `blocks` once. */
export interface ProviderSchema {
  readonly version: string;
  readonly resources: Readonly<Record<string, number>>;
  readonly blocks: readonly SchemaBlock[];
}

/** `s`tring, `n`umber, `b`ool, `o`bject, or a `L`ist, `S`et or `M`ap of such. */
export type TypeLetters = string;

export type SchemaEntry =
  | { readonly kind: "attribute"; readonly type: TypeLetters; readonly required: boolean }
  /** `most` 0: any number. */
  | { readonly kind: "block"; readonly inner: SchemaBlock; readonly least: number; readonly most: number };

const { version, resources, blocks } = SCHEMA as unknown as ProviderSchema;

/** The version of the provider that the schema is of. */
export const SCHEMA_VERSION = version;

/** What a resource of the type may hold; undefined for a type that the model does not know. */
export function schemaOf(type: string): SchemaBlock | undefined {
  const index = Object.hasOwn(resources, type) ? resources[type] : undefined;
  return index === undefined ? undefined : blocks[index];
}

/** What a name means in a block; undefined where this version of the provider has no such name there. */
export function entryOf(block: SchemaBlock, name: string): SchemaEntry | undefined {
  const found = Object.hasOwn(block, name) ? block[name] : undefined;
  if (found === undefined) return undefined;
  if (typeof found === "string")
    return { kind: "attribute", type: found.replace("!", ""), required: found.endsWith("!") };
  const [index, least, most] = found;
  return { kind: "block", inner: blocks[index]!, least, most };
}
