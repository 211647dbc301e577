/** A Terraform type, written the way the plugin protocol writes it. */
export type AttributeType =
  | "string"
  | "number"
  | "bool"
  | readonly ["list" | "set" | "map", AttributeType]
  | readonly ["object", Readonly<Record<string, AttributeType>>];

export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
}

export interface NestedBlock {
  readonly name: string;
  readonly nesting: "single" | "list" | "set";
  readonly minItems: number;
  /** 0 = any number. */
  readonly maxItems: number;
  readonly block: Block;
}

export interface Block {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly NestedBlock[];
}

export interface Schemas {
  readonly provider: Block;
  readonly resources: Readonly<Record<string, Block>>;
  readonly dataSources: Readonly<Record<string, Block>>;
}

/** The block of a resource type; a type outside the schema is a mistake of the caller. */
export function blockOf(schemas: Schemas, type: string): Block {
  const block = schemas.resources[type] ?? schemas.dataSources[type];
  if (block === undefined) throw new Error(`the stand-in provider knows no ${type}`);
  return block;
}
