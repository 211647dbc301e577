import type { Problem } from "../facts/provenance.ts";
import type { Resource, Value } from "../terraform/graph.ts";
import type { Backend, Listener, Product, WrittenProduct } from "./edge-model.ts";
import { addressIn } from "./lookup.ts";

/** The backends that a URL map refers to, wherever in it. */
export function backendsBehind(map: Resource, backends: ReadonlyMap<string, Backend>): Backend[] {
  return [...new Set(addressesIn(map.body))].flatMap((address) => backends.get(address) ?? []);
}

/** The balancers that the backends of a URL map belong to, each once, with the first backend that says so. */
export function productsBehind(map: Resource, backends: ReadonlyMap<string, Backend>): WrittenProduct[] {
  const found = new Map<string, WrittenProduct>();
  for (const { product } of backendsBehind(map, backends))
    if (product !== undefined && !("kind" in product) && !found.has(product.value)) found.set(product.value, product);
  return [...found.values()];
}

/** Whether Google refuses a backend service behind a forwarding rule: the classic rule takes both kinds (fact M18). */
export function isRefusedBehind(rule: Product, backend: Product): boolean {
  return rule !== backend && !(rule === "classic" && backend === "global");
}

/** M18: backends of other schemes than the first of the map, where its forwarding rule does not take them. */
export function schemeProblems(
  map: Resource,
  backends: ReadonlyMap<string, Backend>,
  product: Listener["product"],
): Problem[] {
  const [first, ...others] = productsBehind(map, backends);
  if (!("kind" in product) && product.value === "classic" && [first, ...others].every(isForClassic)) return [];
  return others.map(({ by, value }) => ({
    reason: `${map.address} sends to backends of two load balancing schemes: ${said(first!.value)} and ${said(value)}`,
    found: "apply",
    fact: "M18",
    by,
  }));
}

function isForClassic(product: WrittenProduct | undefined): boolean {
  return product !== undefined && ["classic", "global", "default"].includes(product.value);
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
