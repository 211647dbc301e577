import type { Problem } from "../facts/provenance.ts";
import type { Resource, Value } from "../terraform/graph.ts";
import type { Backend, WrittenProduct } from "./edge-model.ts";
import { addressIn } from "./lookup.ts";

/** The balancers that the backends of a URL map belong to, each once, with the first backend that says so. */
export function productsBehind(map: Resource, backends: ReadonlyMap<string, Backend>): WrittenProduct[] {
  const found = new Map<string, WrittenProduct>();
  for (const address of new Set(addressesIn(map.body))) {
    const product = backends.get(address)?.product;
    if (product !== undefined && !("kind" in product) && !found.has(product.value)) found.set(product.value, product);
  }
  return [...found.values()];
}

/** M18: one map serves backends of one scheme. */
export function schemeProblems(map: Resource, backends: ReadonlyMap<string, Backend>): Problem[] {
  const [first, ...others] = productsBehind(map, backends);
  return others.map(({ by, value }) => ({
    reason: `${map.address} sends to backends of two load balancing schemes: ${said(first!.value)} and ${said(value)}`,
    found: "apply",
    fact: "M18",
    by,
  }));
}

function said(value: WrittenProduct["value"]): string {
  return value === "default" ? "one that is not written" : value;
}

/** Everything that a value refers to. */
function* addressesIn(value: Value): Generator<string> {
  const own = addressIn(value);
  if (own !== undefined) yield own;
  if (value.kind === "list") for (const item of value.items) yield* addressesIn(item);
  if (value.kind === "object") for (const entry of value.entries.values()) yield* addressesIn(entry);
}
