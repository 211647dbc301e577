import type { Expression } from "../syntax/syntax.ts";
import { blocksIn, itemName, itemsOfObject, withDynamicBlocks } from "./body-items.ts";
import type { Item } from "./body-items.ts";
import { expandDynamic } from "./dynamic.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { computed, from, tuple } from "./evaluated.ts";
import type { Evaluated, Instance, Origin, UnknownEvaluated } from "./evaluated.ts";
import type { Scope } from "./scope.ts";

/** Attributes that are maps: in JSON a map and a block look alike. */
const MAPS = /(?:^|_)(?:labels|annotations|tags|params|metadata|variables)$/;

/** A resource instance, or a block inside of one, whose attributes expressions elsewhere read. */
export class WrittenBlock implements Instance {
  readonly address: string;
  private readonly path: string;
  private readonly items: readonly Item[];
  private readonly scope: Scope;
  private readonly evaluation: Evaluation;

  constructor({ address, attribute }: Origin, items: readonly Item[], scope: Scope, evaluation: Evaluation) {
    this.address = address;
    this.path = attribute;
    this.items = withDynamicBlocks(items);
    this.scope = scope;
    this.evaluation = evaluation;
  }

  attribute(name: string): Evaluated {
    // A block that JSON writes as one object is a list of one.
    if (this.path !== "" && name === "0") return { kind: "instance", instance: this };
    const origin = { address: this.address, attribute: this.path === "" ? name : `${this.path}.${name}` };
    const own = this.items.filter((item) => producedName(item) === name);
    const [first] = own;
    if (first === undefined || name === "count" || name === "for_each") return computed(origin);
    return this.evaluation.once(`${this.address}.${origin.attribute}`, first.at, () => this.written(own, origin));
  }

  private written(items: readonly Item[], origin: Origin): Evaluated {
    const [first] = items;
    if (items.length === 1 && first?.kind === "attribute" && !isBlockInJson(first.name, first.value)) {
      const value = evaluate(first.value, this.scope);
      // A provider may have a value of its own where a configuration says null.
      return value.kind === "null" ? computed(origin) : from(value, origin);
    }
    const blocks = items.flatMap((item) => this.blocks(item));
    return tuple(
      blocks.map((block, index): Evaluated => {
        if ("reason" in block) return block;
        const inner = { ...origin, attribute: `${origin.attribute}[${index}]` };
        return { kind: "instance", instance: new WrittenBlock(inner, block.items, block.scope, this.evaluation) };
      }),
    );
  }

  private blocks(item: Item): (Inside | UnknownEvaluated)[] {
    if (item.kind === "block" && item.type === "dynamic") {
      const made = expandDynamic(item, this.scope);
      return "reason" in made ? [{ ...made, origin: undefined }] : [...made];
    }
    return blocksIn([item], itemName(item)).map(({ items }) => ({ items, scope: this.scope }));
  }
}

interface Inside {
  readonly items: readonly Item[];
  readonly scope: Scope;
}

function producedName(item: Item): string {
  return item.kind === "block" && item.type === "dynamic" ? (item.labels[0] ?? "") : itemName(item);
}

function isBlockInJson(name: string, value: Expression): boolean {
  if (value.at.pointer === undefined || MAPS.test(name)) return false;
  const objects = value.kind === "tuple" ? value.items : [value];
  return objects.length > 0 && objects.every((each) => each.kind === "object" && itemsOfObject(each) !== undefined);
}
