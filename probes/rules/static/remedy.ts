import type { Change, Written } from "../../facts/finding.ts";
import type { Provenance } from "../../facts/provenance.ts";
import type { Located } from "./define-rule.ts";

/** For a rule whose findings stand at what must go: the list entry, the argument or the block is taken out. */
export function deletesIt({ where }: Located): readonly Change[] {
  return [{ kind: "delete", at: where }];
}

/** Takes out what stands at each of the places. */
export function deleting(...places: readonly Provenance[]): readonly Change[] {
  return places.map((at) => ({ kind: "delete", at }));
}

/** Sets an argument of the block that stands at a place. */
export function setting(block: Provenance, name: string, value: Written): readonly Change[] {
  return [{ kind: "set", in: block, name, value }];
}

/** Writes another value for the list entry or the argument that stands at a place. */
export function replacing(at: Provenance, value: Written): readonly Change[] {
  return [{ kind: "replace", at, value }];
}

/** Adds entries to the list that stands at a place. */
export function appending(list: Provenance, ...values: readonly Written[]): readonly Change[] {
  return [{ kind: "append", to: list, values }];
}
