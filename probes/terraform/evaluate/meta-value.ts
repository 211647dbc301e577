import type { Provenance } from "../../facts/provenance.ts";
import type { Value } from "../graph.ts";
import type { Expression, Place } from "../syntax/syntax.ts";
import { blocksIn, itemName } from "./body-items.ts";
import type { Item } from "./body-items.ts";

type By = (at: Place, attribute: string) => Provenance;

/** Conditions are run by Terraform, and say nothing of what is made. */
const CONDITIONS = new Set(["precondition", "postcondition"]);

/** `depends_on`, `provider` and `lifecycle`: what they name stands as text. */
export function metaValue(item: Item, by: By): Value | undefined {
  const name = itemName(item);
  if (name !== "lifecycle") return item.kind === "attribute" ? namesIn(item.value, name, by) : undefined;
  const entries = blocksIn([item], name).flatMap(({ items }) =>
    items.flatMap((inner): [string, Value][] =>
      inner.kind === "block" || CONDITIONS.has(inner.name)
        ? []
        : [[inner.name, namesIn(inner.value, `${name}.${inner.name}`, by)]],
    ),
  );
  return { kind: "object", entries: new Map(entries), by: by(item.at, name) };
}

function namesIn(expression: Expression, attribute: string, by: By): Value {
  const place = by(expression.at, attribute);
  if (expression.kind === "tuple") {
    const items = expression.items.map((item, index) => namesIn(item, `${attribute}[${index}]`, by));
    return { kind: "list", items, by: place };
  }
  const value = expression.kind === "literal" ? expression.value : expression.text;
  return { kind: "literal", value, by: place };
}
