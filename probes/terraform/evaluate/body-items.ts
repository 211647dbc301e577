import type { Attribute, Block, Body, Expression } from "../syntax/syntax.ts";

export type Item = Attribute | Block;
type Kinded<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;

export function itemName(item: Item): string {
  return item.kind === "attribute" ? item.name : item.type;
}

export function attributeIn(items: readonly Item[], name: string): Attribute | undefined {
  return items.find((item): item is Attribute => item.kind === "attribute" && item.name === name);
}

/** The items of an object that stands for a block, as JSON has them; undefined where a key is no plain text. */
export function itemsOfObject({ entries }: Kinded<"object">): readonly Attribute[] | undefined {
  const items = entries.map(({ key, value }): Attribute | undefined =>
    key.kind === "literal" ? { kind: "attribute", name: String(key.value), value, at: key.at } : undefined,
  );
  return items.every((item) => item !== undefined) ? items : undefined;
}

/** The objects that an attribute holds in JSON where HCL has blocks. */
export function objectsIn(value: Expression): readonly Kinded<"object">[] {
  if (value.kind === "tuple") return value.items.flatMap(objectsIn);
  return value.kind === "object" ? [value] : [];
}

/** Blocks of one type inside a body, however the file spells them. */
export function blocksIn(items: readonly Item[], type: string): readonly Body[] {
  return items.flatMap((item): Body[] => {
    if (itemName(item) !== type) return [];
    if (item.kind === "block") return [item.body];
    return objectsIn(item.value).map((value) => ({ items: itemsOfObject(value) ?? [], at: value.at }));
  });
}

/** `dynamic` blocks that JSON writes as `{"dynamic": {"type": {…}}}`, as HCL's blocks; all else as it is. */
export function withDynamicBlocks(items: readonly Item[]): readonly Item[] {
  return items.flatMap((item): readonly Item[] => {
    if (item.kind === "block" || item.name !== "dynamic" || item.at.pointer === undefined) return [item];
    return objectsIn(item.value).flatMap(({ entries }) =>
      entries.flatMap(({ key, value }) =>
        objectsIn(value).map((each) => dynamicBlock(key.kind === "literal" ? String(key.value) : key.text, each)),
      ),
    );
  });
}

function dynamicBlock(type: string, value: Kinded<"object">): Block {
  const items = (itemsOfObject(value) ?? []).flatMap((item): readonly Item[] => {
    if (item.name !== "content") return [item];
    return objectsIn(item.value).map((content) => ({
      kind: "block",
      type: "content",
      labels: [],
      body: { items: itemsOfObject(content) ?? [], at: content.at },
      at: content.at,
    }));
  });
  return { kind: "block", type: "dynamic", labels: [type], body: { items, at: value.at }, at: value.at };
}
