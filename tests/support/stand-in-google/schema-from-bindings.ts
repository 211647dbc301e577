import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Attribute, AttributeType, Block, NestedBlock, Schemas } from "./schema.ts";

interface Field {
  readonly name: string;
  readonly computed: boolean;
  readonly optional: boolean;
  readonly required: boolean;
  readonly code: string;
}

type Classes = ReadonlyMap<string, readonly Field[]>;

const CLASS = /^export class (\w+) extends /gm;
const FIELD =
  / {2}\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n([\s\S]*?)(?= {2}\/\/ \w+ - computed: | {2}\/\/ =====|\n\}\n|$)/g;

/** Schema of the provider, of each resource and of each data source, read out of the generated bindings. */
export function schemasFromBindings(
  bindings: string,
  resources: readonly string[],
  dataSources: readonly string[],
): Schemas {
  return {
    provider: providerBlock(sourceOf(bindings, "provider")),
    resources: Object.fromEntries(resources.map((type) => [type, topBlock(bindings, type, folderOf(type))])),
    dataSources: Object.fromEntries(dataSources.map((type) => [type, topBlock(bindings, type, `data-${kebab(type)}`)])),
  };
}

const kebab = (type: string): string => type.replaceAll("_", "-");
const folderOf = (type: string): string => kebab(type.replace(/^google_/, ""));

/** The TypeScript that the binding was compiled from: its source map carries it, with comments that the types lost. */
function sourceOf(bindings: string, folder: string): string {
  const script = readFileSync(join(bindings, "lib", folder, "index.js"), "utf8");
  const encoded = script.slice(script.lastIndexOf("base64,") + "base64,".length);
  const map = JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) as { sourcesContent?: string[] };
  const source = map.sourcesContent?.[0];
  if (source === undefined) throw new Error(`the binding ${folder} embeds no source`);
  return source;
}

function classesOf(source: string): Classes {
  const starts = [...source.matchAll(CLASS)];
  return new Map(
    starts.map((start, index) => {
      const body = source.slice(start.index, starts[index + 1]?.index);
      return [start[1]!, fieldsOf(body)] as const;
    }),
  );
}

function fieldsOf(body: string): readonly Field[] {
  return [...body.matchAll(FIELD)].map(([, name, computed, optional, required, code]) => ({
    name: name!,
    computed: computed === "true",
    optional: optional === "true",
    required: required === "true",
    code: code!,
  }));
}

function topBlock(bindings: string, type: string, folder: string): Block {
  const source = sourceOf(bindings, folder);
  const resource = /^export class (\w+) extends cdktf\.Terraform(?:Resource|DataSource) /m.exec(source)?.[1];
  if (resource === undefined) throw new Error(`no class of ${type} in its binding`);
  return blockOfClass(classesOf(source), resource);
}

function blockOfClass(classes: Classes, name: string): Block {
  const fields = classes.get(name);
  if (fields === undefined) throw new Error(`the binding has no class ${name}`);
  const attributes: Attribute[] = [];
  const blocks: NestedBlock[] = [];
  for (const field of fields) {
    const nested = nestedClass(field);
    if (nested !== undefined && (field.optional || field.required)) blocks.push(blockOfField(classes, field, nested));
    else attributes.push(attributeOf(classes, field));
  }
  return { attributes, blocks };
}

interface NestedClass {
  readonly name: string;
  readonly many: boolean;
  readonly isSet: boolean;
}

function nestedClass({ code }: Field): NestedClass | undefined {
  const found = /= new (\w+?)(OutputReference|List)\(this, "\w+"(?:, (true|false))?\)/.exec(code);
  if (found === null) return undefined;
  return { name: `${found[1]}OutputReference`, many: found[2] === "List", isSet: found[3] === "true" };
}

function blockOfField(classes: Classes, field: Field, nested: NestedClass): NestedBlock {
  // `timeouts` is the one block that the provider nests as a single object.
  const single = field.name === "timeouts";
  return {
    name: field.name,
    nesting: single ? "single" : nested.isSet ? "set" : "list",
    minItems: field.required ? 1 : 0,
    maxItems: nested.many || single ? 0 : 1,
    block: blockOfClass(classes, nested.name),
  };
}

function attributeOf(classes: Classes, field: Field): Attribute {
  const { name, required, optional, computed } = field;
  return { name, type: typeOf(classes, field), required, optional, computed };
}

const TYPE_OF_GETTER: Readonly<Record<string, AttributeType>> = {
  String: "string",
  Number: "number",
  Boolean: "bool",
  StringMap: ["map", "string"],
  NumberMap: ["map", "number"],
  BooleanMap: ["map", "bool"],
  List: ["list", "string"],
  NumberList: ["list", "number"],
};

function typeOf(classes: Classes, field: Field): AttributeType {
  const nested = nestedClass(field);
  if (nested !== undefined) return [nested.isSet ? "set" : "list", objectType(classes, nested.name)];
  const map = /= new cdktf\.(\w+Map)\(this/.exec(field.code)?.[1];
  const getter = /return (cdktf\.Fn\.tolist\()?this\.get(\w+)Attribute\(/.exec(field.code);
  const type = TYPE_OF_GETTER[map ?? getter?.[2] ?? ""];
  if (type === undefined) throw new Error(`the type of ${field.name} cannot be read from its binding`);
  // The bindings turn a set into a list wherever somebody reads it.
  return getter?.[1] !== undefined && Array.isArray(type) ? ["set", type[1] as AttributeType] : type;
}

function objectType(classes: Classes, name: string): AttributeType {
  const { attributes, blocks } = blockOfClass(classes, name);
  if (blocks.length > 0) throw new Error(`${name} is computed and cannot hold blocks`);
  return ["object", Object.fromEntries(attributes.map((each) => [each.name, each.type]))];
}

const TYPE_OF_PROPERTY: Readonly<Record<string, AttributeType>> = {
  string: "string",
  number: "number",
  "boolean | cdktf.IResolvable": "bool",
  "string[]": ["list", "string"],
  "{ [key: string]: string }": ["map", "string"],
};

/** The provider's own class has plain properties; its two blocks configure transport and are left out. */
function providerBlock(source: string): Block {
  const fields = classesOf(source).get("GoogleProvider") ?? [];
  const attributes = fields.flatMap(({ name, code }) => {
    const type = TYPE_OF_PROPERTY[/private _\w+\?: (.*?);/.exec(code)?.[1] ?? ""];
    return type === undefined ? [] : [{ name, type, required: false, optional: true, computed: false }];
  });
  if (attributes.length === 0) throw new Error("the binding of the provider has no attributes");
  return { attributes, blocks: [] };
}
