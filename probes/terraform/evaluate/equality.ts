import { compare } from "./big-float.ts";
import { isCollection, isKeyed, typeOf, unknownAt } from "./evaluated.ts";
import type { Evaluated, UnknownEvaluated } from "./evaluated.ts";
import { sameIdentity } from "./identity.ts";
import { sameType } from "./type.ts";
import type { Type } from "./type.ts";

/** Whether two values are the same, as `==` says it: never true across types. Not known where it hangs on an unknown. */
export function isEqual(left: Evaluated, right: Evaluated): boolean | UnknownEvaluated {
  const linked = sameIdentity(left, right);
  if (linked !== undefined) return linked;
  const open = unknownAt(left) ?? unknownAt(right);
  if (open !== undefined) return { ...open, type: "bool", origin: undefined };
  if (left.kind === "null" || right.kind === "null") return left.kind === right.kind;
  if (isCollection(left) && isCollection(right)) return isEqualCollection(left, right);
  if (isKeyed(left) && isKeyed(right)) {
    if (left.kind !== right.kind || left.entries.size !== right.entries.size) return false;
    const pairs = [...left.entries].map(([key, each]) => [each, right.entries.get(key)] as const);
    return every(pairs);
  }
  if (left.kind === "number" && right.kind === "number") return compare(left.value, right.value) === 0;
  if (left.kind === "string" && right.kind === "string") return left.value === right.value;
  return left.kind === "bool" && right.kind === "bool" && left.value === right.value;
}

function isEqualCollection(
  left: Extract<Evaluated, { items: unknown }>,
  right: Extract<Evaluated, { items: unknown }>,
): boolean | UnknownEvaluated {
  if (left.kind !== right.kind) return false;
  if (left.kind !== "tuple" && right.kind !== "tuple" && !isSameElement(left.element, right.element)) return false;
  if (left.items.length !== right.items.length) return false;
  return every(left.items.map((item, index) => [item, right.items[index]] as const));
}

function isSameElement(left: Type, right: Type): boolean {
  return left === "any" || right === "any" || sameType(left, right);
}

/** A difference that is sure outweighs a doubt. */
function every(pairs: readonly (readonly [Evaluated, Evaluated | undefined])[]): boolean | UnknownEvaluated {
  let doubt: UnknownEvaluated | undefined;
  for (const [left, right] of pairs) {
    const same = right === undefined ? false : isEqual(left, right);
    if (same === false) return false;
    if (same !== true) doubt ??= same;
  }
  return doubt ?? true;
}

/** True for two values that are known throughout and the same, types included. */
export function isIdentical(left: Evaluated, right: Evaluated): boolean {
  return isEqual(left, right) === true && sameType(typeOf(left), typeOf(right));
}
