import type { Evaluated, Origin } from "./evaluated.ts";

/** Attributes that every resource has for itself: the provider gives them, never null, never empty, never twice. */
const IDENTITIES = new Set(["id", "self_link"]);

/** Where a link to a resource was read, though only the provider will know its text. */
export function identityOf(value: Evaluated): Origin | undefined {
  const isOpen = value.kind === "unknown" && value.isComputed === true;
  return isOpen && value.origin !== undefined && IDENTITIES.has(value.origin.attribute) ? value.origin : undefined;
}

/** Whether two values are the same, as far as links to resources tell it; undefined where they do not. */
export function sameIdentity(left: Evaluated, right: Evaluated): boolean | undefined {
  const [one, other] = [identityOf(left), identityOf(right)];
  if (one !== undefined && other !== undefined) {
    if (one.attribute !== other.attribute) return undefined;
    return one.address === other.address;
  }
  if (one === undefined && other === undefined) return undefined;
  const known = one === undefined ? left : right;
  return known.kind === "null" || (known.kind === "string" && known.value === "") ? false : undefined;
}
