import type { AttributeType, Block } from "./schema.ts";

/** Stands for a value that is only known after apply. */
export class Unknown {
  readonly unknown = true;
}

export const UNKNOWN = new Unknown();

export type Value = null | boolean | number | string | Unknown | readonly Value[] | { readonly [name: string]: Value };

/** A resource, or a block inside one. Every block is an array, the way Terraform's state has it. */
export type Body = Readonly<Record<string, Value>>;

export const isBody = (value: Value | undefined): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);

/** Blocks of one name; none when absent. */
export function blocks(body: Body, name: string): readonly Body[] {
  const value = body[name];
  return Array.isArray(value) ? (value as readonly Value[]).filter(isBody) : [];
}

/** The only block of a name. */
export const single = (body: Body, name: string): Body | undefined => blocks(body, name)[0];

/** A string that is set; an empty one is as good as none, as for the API. */
export function text(body: Body | undefined, name: string): string | undefined {
  const value = body?.[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function texts(body: Body | undefined, name: string): readonly string[] {
  const value = body?.[name];
  return Array.isArray(value) ? (value as readonly Value[]).filter((each) => typeof each === "string") : [];
}

export function count(body: Body | undefined, name: string): number | undefined {
  const value = body?.[name];
  return typeof value === "number" ? value : undefined;
}

/** Values at a dotted path, through every block on the way. */
export function valuesAt(body: Body, path: string): readonly Value[] {
  return path.split(".").reduce<readonly Value[]>(
    (found, step) => {
      return found.flatMap((each) => {
        const value = isBody(each) ? each[step] : undefined;
        if (value === undefined || value === null) return [];
        return Array.isArray(value) ? (value as readonly Value[]) : [value];
      });
    },
    [body],
  );
}

/** Every string anywhere inside. */
export function leaves(value: Value): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(leaves);
  return isBody(value) ? Object.values(value).flatMap(leaves) : [];
}

/** Every block anywhere inside that has the given attribute or block set. */
export function bodiesWith(value: Value, name: string): readonly Body[] {
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap((each) => bodiesWith(each, name));
  if (!isBody(value)) return [];
  const own = value[name];
  const isSet = own !== undefined && own !== null && own !== "" && !(Array.isArray(own) && own.length === 0);
  return [...(isSet ? [value] : []), ...Object.values(value).flatMap((each) => bodiesWith(each, name))];
}

/** The same body with every attribute and block present and every set in one order, so that bodies compare as JSON. */
export function conform(block: Block, body: Body): Body {
  const attributes = block.attributes.map(({ name, type }) => [name, conformed(type, body[name])] as const);
  const nested = block.blocks.map(({ name, nesting, block: inner }) => {
    const value = body[name];
    if (value instanceof Unknown) return [name, value] as const;
    if (nesting === "single") return [name, isBody(value) ? conform(inner, value) : null] as const;
    const items = (Array.isArray(value) ? (value as readonly Value[]) : isBody(value) ? [value] : []).map((each) =>
      isBody(each) ? conform(inner, each) : each,
    );
    return [name, nesting === "set" ? sorted(items) : items] as const;
  });
  return Object.fromEntries([...attributes, ...nested]);
}

function conformed(type: AttributeType, value: Value | undefined): Value {
  if (value === undefined || value === null || value instanceof Unknown) return value ?? null;
  if (type === "number") return Number(value);
  if (typeof type === "string") return value;
  if (type[0] === "object") {
    const fields = isBody(value) ? value : {};
    return Object.fromEntries(Object.entries(type[1]).map(([name, each]) => [name, conformed(each, fields[name])]));
  }
  if (type[0] === "map" || !Array.isArray(value)) return value;
  const items = (value as readonly Value[]).map((each) => conformed(type[1], each));
  return type[0] === "set" ? sorted(items) : items;
}

function sorted(items: readonly Value[]): readonly Value[] {
  return [...items].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

export const isSame = (one: Value | undefined, other: Value | undefined): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
