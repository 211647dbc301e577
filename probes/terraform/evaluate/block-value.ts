import type { Provenance } from "../../facts/provenance.ts";
import type { Value } from "../graph.ts";
import type { Attribute, Block, Expression, Place } from "../syntax/syntax.ts";
import { itemName, itemsOfObject, withDynamicBlocks } from "./body-items.ts";
import type { Item } from "./body-items.ts";
import { expandDynamic } from "./dynamic.ts";
import { evaluate } from "./evaluate.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { keyText } from "./iteration.ts";
import { metaValue } from "./meta-value.ts";
import { isBlockAlone, isRepeated } from "./repeated-blocks.ts";
import type { Scope } from "./scope.ts";
import { toValue, unknownValue } from "./to-value.ts";

type ObjectValue = Extract<Value, { kind: "object" }>;
type Kinded<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;

/** Arguments that Terraform itself takes to repeat a resource: they are done with. */
const REPETITIONS = new Set(["count", "for_each"]);
/** Arguments that name things and are no values. */
const NAMES = new Set(["depends_on", "provider", "lifecycle"]);

/** Turns bodies into values, each with its place in the resource's own block. */
export class BlockValues {
  private readonly base: Omit<Provenance, "attribute" | "file" | "line" | "column">;

  /** @param base what all places share: the resource's address, and the construct that made it. */
  constructor(base: Omit<Provenance, "attribute" | "file" | "line" | "column">) {
    this.base = base;
  }

  /** The body of a resource. */
  resource(items: readonly Item[], scope: Scope, at: Place): ObjectValue {
    const named = items.filter((item) => NAMES.has(itemName(item)));
    const others = items.filter((item) => !REPETITIONS.has(itemName(item)) && !NAMES.has(itemName(item)));
    const body = this.body(others, scope, { path: "", at });
    const meta = named.flatMap((item): [string, Value][] => {
      const value = metaValue(item, (place, attribute) => this.by(place, attribute));
      return value === undefined ? [] : [[itemName(item), value]];
    });
    return { ...body, entries: new Map([...body.entries, ...meta]) };
  }

  private by({ file, line, column }: Place, attribute: string): Provenance {
    return { ...this.base, attribute, file, line, column };
  }

  private body(items: readonly Item[], scope: Scope, { path, at }: { path: string; at: Place }): ObjectValue {
    const byName = new Map<string, Item[]>();
    for (const item of withDynamicBlocks(items)) {
      const name = item.kind === "block" && item.type === "dynamic" ? (item.labels[0] ?? "") : itemName(item);
      const before = byName.get(name);
      if (before === undefined) byName.set(name, [item]);
      else before.push(item);
    }
    const entries = [...byName].flatMap(([name, own]): [string, Value][] => {
      const value = this.named(name, own, scope, path);
      return value === undefined ? [] : [[name, value]];
    });
    return { kind: "object", entries: new Map(entries), by: this.by(at, path) };
  }

  /** All that stands under one name: an attribute, or blocks. */
  private named(name: string, items: readonly Item[], scope: Scope, under: string): Value | undefined {
    const path = under === "" ? name : `${under}.${name}`;
    const first = items[0]!;
    const isAlone = items.length === 1;
    for (const item of items) if (item.kind === "attribute") this.refuseArgument(item, scope, under);
    // JSON may write the only one of several possible blocks as an object.
    const isBlock = first.at.pointer !== undefined && isRepeated(name, under);
    if (isAlone && first.kind === "attribute" && !(isBlock && first.value.kind === "object"))
      return this.attribute(first, scope, path);
    const pieces = items.flatMap((item) => this.pieces(item, scope, path));
    const isList = pieces.length > 1 || isRepeated(name, under);
    const values = pieces.map((make, index) => make(isList ? `${path}[${index}]` : path));
    if (values.length === 0) return undefined;
    const place = first.kind === "attribute" ? placeOf(first) : first.at;
    return isList ? { kind: "list", items: values, by: this.by(place, path) } : values[0];
  }

  /** An argument where a block belongs: taken for what it says, and no configuration that Terraform takes. */
  private refuseArgument({ name, at }: Attribute, { run, address }: Scope, under: string): void {
    if (at.pointer !== undefined || !isBlockAlone(this.base.address, name, under)) return;
    run.problem(`${name} is a block: write ${name} { … }, not ${name} = …`, at, address);
  }

  /** What one item puts under its name, each to be made once its path is known. */
  private pieces(item: Item, scope: Scope, path: string): ((at: string) => Value)[] {
    // Beside `dynamic` blocks, JSON's list of blocks is some of the blocks.
    if (item.kind === "attribute" && item.value.kind === "tuple")
      return item.value.items.map((each) => (at) => this.expression(each, scope, { path: at, at: each.at }));
    if (item.kind === "attribute") return [(at) => this.attribute(item, scope, at)];
    if (item.type !== "dynamic") return [(at) => this.body(item.body.items, scope, { path: at, at: item.at })];
    const made = this.dynamic(item, scope, path);
    if (!Array.isArray(made)) return [() => made];
    return made.map(
      ({ items, scope: inner, at: place }) =>
        (at) =>
          this.body(items, inner, { path: at, at: place }),
    );
  }

  private dynamic(block: Block, scope: Scope, path: string): ReturnTypeOfDynamic {
    try {
      const made = expandDynamic(block, scope);
      if (!("reason" in made)) return [...made];
      return { ...unknownValue(made, this.by(block.at, path)), reason: `is made for each of what ${made.reason}` };
    } catch (cause) {
      return this.refused(cause, scope, block.at, path);
    }
  }

  private attribute(attribute: Attribute, scope: Scope, path: string): Value {
    return this.expression(attribute.value, scope, { path, at: placeOf(attribute) });
  }

  /** A list or an object that is written out has a place for each of what stands in it. */
  private expression(expression: Expression, scope: Scope, where: { path: string; at: Place }): Value {
    const by = this.by(where.at, where.path);
    if (expression.kind === "tuple") {
      const items = expression.items.map((item, index) =>
        this.expression(item, scope, { path: `${where.path}[${index}]`, at: item.at }),
      );
      return { kind: "list", items, by };
    }
    try {
      if (expression.kind === "object") return this.object(expression, scope, where);
      return toValue(evaluate(expression, scope), { by, written: expression.text });
    } catch (cause) {
      return this.refused(cause, scope, expression.at, where.path, by);
    }
  }

  private object(expression: Kinded<"object">, scope: Scope, where: { path: string; at: Place }): Value {
    // JSON writes a block as an object, with `dynamic` blocks in it.
    const items = expression.at.pointer === undefined ? undefined : itemsOfObject(expression);
    if (items !== undefined) return this.body(items, scope, where);
    const by = this.by(where.at, where.path);
    const entries = new Map<string, Value>();
    for (const { key, value } of expression.entries) {
      const name = keyText(evaluate(key, scope));
      if (typeof name !== "string") return unknownValue(name, by);
      const at = key.at.pointer === undefined ? key.at : value.at;
      entries.set(name, this.expression(value, scope, { path: `${where.path}.${name}`, at }));
    }
    return { kind: "object", entries, by };
  }

  /** What Terraform refuses is a problem, and its value is not known. */
  private refused(cause: unknown, scope: Scope, at: Place, path: string, by = this.by(at, path)): UnknownValue {
    if (!(cause instanceof EvaluationError)) throw cause;
    scope.run.problem(cause.message, cause.at ?? at, scope.address);
    return { kind: "unknown", reason: `cannot be evaluated: ${cause.message}`, by };
  }
}

type UnknownValue = Extract<Value, { kind: "unknown" }>;
type ReturnTypeOfDynamic = UnknownValue | Extract<ReturnType<typeof expandDynamic>, readonly unknown[]>[number][];

/** In HCL an attribute begins with its name; in JSON readers look at the value. */
function placeOf({ at, value }: Attribute): Place {
  return at.pointer === undefined ? at : value.at;
}
