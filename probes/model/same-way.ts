import type { Routed } from "./routed.ts";

/** Two ways that end alike, with the same actions on the way, are one as far as both can be read. */
export function comesToTheSame(a: Routed, b: Routed): boolean {
  const gist = gistOf(a);
  return gist !== undefined && gist === gistOf(b);
}

/** All that a request can tell of its way; which lines said it is left out. Undefined where it cannot be read. */
function gistOf({ destination, policy, levels, unknowns, matched }: Routed): string | undefined {
  if (destination.kind === "unknown") return undefined;
  const { rewrite } = policy;
  const isByMatch =
    rewrite?.prefix !== undefined ||
    rewrite?.template !== undefined ||
    (destination.kind === "redirect" && destination.prefix !== undefined);
  if (isByMatch && matched?.kind === "open") return undefined;
  const acts = levels
    .map(({ remove, add, removeFromResponse, addToResponse }) => [remove, add, removeFromResponse, addToResponse])
    .filter((lists) => lists.some((list) => list.length > 0));
  const all = [destination, policy, acts, unknowns, isByMatch ? matched : undefined];
  return JSON.stringify(all, (key, value: unknown) =>
    key === "by" ? undefined : value instanceof RegExp ? value.source : value,
  );
}
