import { ConfigurationError } from "../configuration-error.ts";
import { identityOf, nameOf, refuseMisdeclared, refuseMisshapen, shown } from "./declared.ts";
import type { Item } from "./declared.ts";
import type { Attribute, Block, Body, Expression, SourceFile } from "./syntax.ts";

/**
 * One module out of its files: all blocks of the others, with the override files merged over them in order, as Terraform
 * 1.11 was seen to do: an argument replaces an argument; nested blocks of a type, `dynamic` ones among them, replace all of
 * that type; `lifecycle` and `locals` are merged by argument, `required_providers` by provider.
 * @throws ConfigurationError for what is declared twice, with both places, and for an override of what is not there or
 * cannot be overridden.
 */
export function mergeOverrides(files: readonly SourceFile[]): Body {
  const items = files.filter(({ isOverride }) => !isOverride).flatMap(({ body }) => body.items);
  refuseMisdeclared(items);
  const merging = new Merging(items);
  for (const { isOverride, body } of files) if (isOverride) for (const item of body.items) merging.override(item);
  return {
    items: merging.items,
    at: files[0]?.body.at ?? { file: ".", line: 1, column: 1 },
    comments: files.flatMap(({ body }) => body.comments ?? []),
  };
}

class Merging {
  items: Item[];
  private readonly indexOf = new Map<string, number>();

  constructor(items: readonly Item[]) {
    this.items = [...items];
    for (const [index, item] of items.entries()) {
      const identity = item.kind === "block" ? identityOf(item) : undefined;
      if (identity !== undefined) this.indexOf.set(identity, index);
    }
  }

  override(item: Item): void {
    refuseMisshapen(item);
    if (item.kind === "attribute") return void this.items.push(item);
    if (["moved", "import", "check"].includes(item.type))
      throw new ConfigurationError(`Cannot override '${item.type}' blocks`, item.at);
    if (item.type === "locals") return this.overrideLocals(item);
    if (item.type === "terraform") return this.overrideSettings(item);
    const identity = identityOf(item);
    if (identity === undefined) return void this.items.push(item);
    const index = this.indexOf.get(identity);
    if (index !== undefined) this.items[index] = overridden(this.items[index] as Block, item);
    // A provider without configuration is configured by nothing, and that can be overridden.
    else if (item.type === "provider" && !identity.includes(".")) {
      this.indexOf.set(identity, this.items.length);
      this.items.push(item);
    } else refuseMissing(identity, item);
  }

  private overrideLocals(override: Block): void {
    const missing = new Map(override.body.items.map((local) => [nameOf(local), local]));
    const given = new Map(missing);
    this.items = this.items.map((item) => {
      if (item.kind === "attribute" || item.type !== "locals") return item;
      const items = item.body.items.map((local) => {
        missing.delete(nameOf(local));
        return given.get(nameOf(local)) ?? local;
      });
      return { ...item, body: { ...item.body, items } };
    });
    for (const [name, local] of missing) refuseMissing(`local ${name}`, local);
  }

  /** A backend and a `cloud` block replace each other. */
  private overrideSettings(override: Block): void {
    const replaced = new Set(override.body.items.map(nameOf));
    if (replaced.has("cloud") || replaced.has("backend")) replaced.add("cloud").add("backend");
    replaced.delete("required_providers");
    const providers = new Set(
      override.body.items.filter((item) => nameOf(item) === "required_providers").flatMap(keysOf),
    );
    this.items = this.items.map((item) => {
      if (item.kind === "attribute" || item.type !== "terraform") return item;
      const items = item.body.items
        .filter((each) => !replaced.has(nameOf(each)))
        .map((each) => (nameOf(each) === "required_providers" ? without(each, providers) : each));
      return { ...item, body: { ...item.body, items } };
    });
    this.items.push(override);
  }
}

/** What an override may not touch, by the type of block that it stands in. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  resource: ["depends_on"],
  data: ["depends_on"],
  ephemeral: ["depends_on"],
  module: ["depends_on"],
  output: ["depends_on", "precondition"],
  variable: ["validation"],
};

function overridden(base: Block, override: Block): Block {
  for (const item of override.body.items) {
    if (FIXED[base.type]?.includes(nameOf(item)) === true) refuseFixed(item);
    if (nameOf(item) === "lifecycle")
      for (const inner of asBlock(item).body.items) if (isCondition(inner)) refuseFixed(inner);
  }
  const overrides = override.body.items.filter((item) => !isNoBlock(item, base.body.items));
  const replaced = new Set(overrides.flatMap(namesOf));
  const kept = base.body.items.flatMap((item) => keptOf(item, replaced));
  const lifecycle = [...base.body.items, ...overrides].filter((item) => nameOf(item) === "lifecycle");
  const others = overrides.filter((item) => nameOf(item) !== "lifecycle");
  const merged = lifecycle.map(asBlock).reduce<Block | undefined>(mergeArguments, undefined);
  const items = [
    ...kept.filter((item) => nameOf(item) !== "lifecycle"),
    ...others,
    ...(merged === undefined ? [] : [merged]),
  ];
  return { ...base, body: { ...base.body, items: withoutSecondCount(items) } };
}

/**
 * In JSON, `[]` and `null` are no block and replace none, but replace an argument; ran with a provider's schema. Without
 * one, an object may be either.
 */
function isNoBlock(item: Item, base: readonly Item[]): boolean {
  if (item.kind === "block" || item.at.pointer === undefined) return false;
  const { value } = item;
  const isList = value.kind === "tuple" && value.items.length === 0;
  if (!isList && !(value.kind === "literal" && value.value === null)) return false;
  return base.some((each) => {
    if (nameOf(each) !== item.name) return false;
    if (each.kind === "block") return true;
    if (each.value.kind === "object" && !isList)
      throw new ConfigurationError(
        `null replaces ${item.name} at ${shown(each.at)} if that is an argument, and leaves it if it is a block; which it is cannot be told here: take one of both out`,
        item.at,
      );
    return each.value.kind === "object" || (each.value.kind === "tuple" && objectsIn(each.value).length > 0);
  });
}

/** Terraform keeps both of a `count` and a `for_each` that came from different files, and follows the count. */
function withoutSecondCount(items: readonly Item[]): readonly Item[] {
  return items.some((item) => nameOf(item) === "count") ? items.filter((item) => nameOf(item) !== "for_each") : items;
}

function mergeArguments(base: Block | undefined, override: Block): Block {
  if (base === undefined) return override;
  const replaced = new Set(override.body.items.map(nameOf));
  const items = [...base.body.items.filter((item) => !replaced.has(nameOf(item))), ...override.body.items];
  return { ...base, body: { ...base.body, items } };
}

/** What an item sets: for a `dynamic` block what it makes. */
function namesOf(item: Item): string[] {
  if (nameOf(item) !== "dynamic") return [nameOf(item)];
  return item.kind === "block" ? item.labels.slice(0, 1) : keysOf(item);
}

function keptOf(item: Item, replaced: ReadonlySet<string>): Item[] {
  if (nameOf(item) !== "dynamic") return replaced.has(nameOf(item)) ? [] : [item];
  if (item.kind === "block") return replaced.has(item.labels[0] ?? "") ? [] : [item];
  return [without(item, replaced)];
}

/** Keys of a block or of an attribute that stands for one in JSON. */
function keysOf(item: Item): string[] {
  if (item.kind === "block") return item.body.items.map(nameOf);
  return objectsIn(item.value).flatMap(({ entries }) => entries.map(({ key }) => keyText(key)));
}

function without(item: Item, names: ReadonlySet<string>): Item {
  if (item.kind === "block")
    return { ...item, body: { ...item.body, items: item.body.items.filter((each) => !names.has(nameOf(each))) } };
  const strip = (value: Expression): Expression => {
    if (value.kind === "tuple") return { ...value, items: value.items.map(strip) };
    if (value.kind !== "object") return value;
    return { ...value, entries: value.entries.filter(({ key }) => !names.has(keyText(key))) };
  };
  return { ...item, value: strip(item.value) };
}

/** A block, also where JSON has it as an attribute. */
function asBlock(item: Item): Block {
  if (item.kind === "block") return item;
  const items = objectsIn(item.value).flatMap(({ entries }) =>
    entries.map(({ key, value }): Attribute => ({ kind: "attribute", name: keyText(key), value, at: key.at })),
  );
  return { kind: "block", type: item.name, labels: [], body: { items, at: item.value.at }, at: item.at };
}

function objectsIn(value: Expression): Extract<Expression, { kind: "object" }>[] {
  if (value.kind === "tuple") return value.items.flatMap(objectsIn);
  return value.kind === "object" ? [value] : [];
}

function keyText(key: Expression): string {
  return key.kind === "literal" ? String(key.value) : key.text;
}

function isCondition(item: Item): boolean {
  return nameOf(item) === "precondition" || nameOf(item) === "postcondition";
}

function refuseFixed(item: Item): never {
  throw new ConfigurationError(
    `Unsupported override; ${nameOf(item)} cannot be overridden. Override files can override only certain arguments of a block.`,
    item.at,
  );
}

function refuseMissing(identity: string, { at }: Item): never {
  throw new ConfigurationError(
    `Missing base ${identity} to override; An override file can only override what is declared in another file of the module.`,
    at,
  );
}
