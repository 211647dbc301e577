import { readFileSync, writeFileSync } from "node:fs";
import { ATTRIBUTE_PLACES } from "../probes/model/attribute-places.ts";
import type { ProviderSchema, SchemaBlock } from "../probes/rules/static/provider-schema.ts";
import { schemasFromBindings } from "../tests/support/stand-in-google/schema-from-bindings.ts";
import type { AttributeType, Block } from "../tests/support/stand-in-google/schema.ts";

/** What the static rules know of the provider, read out of the bindings' own declarations. */
export const SCHEMA_FILE = "probes/rules/static/provider-schema.json";

const BINDINGS = "node_modules/@cdktf/provider-google";

/** The schema of every resource type that the model knows, as the text of its file. */
export function providerSchemaText(): string {
  const types = [
    ...new Set(Object.values(ATTRIBUTE_PLACES).flatMap((places) => places.map((each) => each.split(" ")[0]!))),
  ];
  const { resources } = schemasFromBindings(BINDINGS, types.sort(), []);
  const blocks: SchemaBlock[] = [];
  const indexes = new Map<string, number>();
  const put = (block: Block): number => {
    const compact = compacted(block, put);
    const key = JSON.stringify(compact);
    const index = indexes.get(key) ?? blocks.push(compact) - 1;
    indexes.set(key, index);
    return index;
  };
  const roots = Object.fromEntries(Object.entries(resources).map(([type, block]) => [type, put(block)]));
  const schema: ProviderSchema = { version: providerVersion(), resources: roots, blocks };
  const lines = blocks.map((block) => JSON.stringify(block)).join(",\n");
  return `${JSON.stringify({ ...schema, blocks: [] }).replace(/"blocks":\[\]\}$/, "")}"blocks":[\n${lines}\n]}\n`;
}

/** Attributes as the letter of their type, `!` behind one that is required; blocks as index and least and greatest number. */
function compacted({ attributes, blocks }: Block, put: (block: Block) => number): SchemaBlock {
  const entries: [string, SchemaBlock[string]][] = [
    ...attributes.map(({ name, type, required }): [string, string] => [name, `${letters(type)}${required ? "!" : ""}`]),
    ...blocks.map(
      ({ name, block, minItems, maxItems }) =>
        [name, [put(block), minItems, maxItems]] as [string, SchemaBlock[string]],
    ),
  ];
  return Object.fromEntries(entries);
}

function letters(type: AttributeType): string {
  if (type === "string" || type === "number" || type === "bool") return type.charAt(0);
  return type[0] === "object" ? "o" : `${type[0].charAt(0).toUpperCase()}${letters(type[1])}`;
}

/** The version of the provider that the bindings were made from stands in the addresses of their documentation. */
function providerVersion(): string {
  const declarations = readFileSync(`${BINDINGS}/lib/compute-url-map/index.d.ts`, "utf8");
  const version = /providers\/hashicorp\/google\/(\d+\.\d+\.\d+)\//.exec(declarations)?.[1];
  if (version === undefined) throw new Error("the bindings do not say which version of the provider they describe");
  return version;
}

if (process.argv[1]?.endsWith("provider-schema.ts") === true) writeFileSync(SCHEMA_FILE, providerSchemaText());
