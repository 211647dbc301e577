import { compare, formatBigFloat, parseBigFloat } from "./big-float.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { bool, compareText, isCollection, isKeyed, list, map, number, object, text, tuple } from "./evaluated.ts";
import { typeOf, unknownAt, unknownIn } from "./evaluated.ts";
import type { Evaluated, Kinded } from "./evaluated.ts";
import { typeName, unify } from "./type.ts";
import type { Type } from "./type.ts";
import { isEqual } from "./equality.ts";

/**
 * A value as one of another type, as Terraform converts arguments, inputs and the results of conditions. A value that is
 * of the type already is handed on as it is, with its origin.
 * @throws EvaluationError where there is no such conversion.
 */
export function convert(value: Evaluated, type: Type): Evaluated {
  if (type === "any") return value;
  if (value.kind === "null") return { kind: "null", type };
  if (value.kind === "unknown") return { ...value, type };
  if (typeof type === "string") return convertPrimitive(value, type);
  if (value.kind === "instance") return convertInstance(value, type);
  switch (type.kind) {
    case "list":
      return isCollection(value) ? convertToList(value, type.element) : refuse(value, type);
    case "set":
      return isCollection(value) ? convertToSet(value, type.element) : refuse(value, type);
    case "map":
      return isKeyed(value) ? convertToMap(value, type.element) : refuse(value, type);
    case "tuple":
      return convertToTuple(value, type);
    case "object":
      return convertToObject(value, type);
  }
}

function refuse(value: Evaluated, type: Type): never {
  const wanted = typeName(type);
  if (typeof type === "string") throw new EvaluationError(`${wanted} required`);
  throw new EvaluationError(`${wanted} required, but have ${typeName(typeOf(value))}`);
}

function convertPrimitive(value: Evaluated, type: "string" | "number" | "bool"): Evaluated {
  if (value.kind === type) return value;
  if (value.kind === "template") return type === "string" ? value : { ...unknownAt(value)!, type };
  if (value.kind === "instance") return { ...unknownAt(value)!, type };
  if (type === "string" && value.kind === "number")
    return { ...text(formatBigFloat(value.value)), origin: value.origin };
  if (type === "string" && value.kind === "bool") return { ...text(String(value.value)), origin: value.origin };
  if (type === "number" && value.kind === "string") return { ...numberFromText(value.value), origin: value.origin };
  if (type === "bool" && value.kind === "string") return { ...boolFromText(value.value), origin: value.origin };
  return refuse(value, type);
}

function numberFromText(written: string): Kinded<"number"> {
  const parsed = parseBigFloat(written);
  if (parsed !== undefined) return number(parsed);
  throw new EvaluationError(
    `cannot convert ${JSON.stringify(written)} to number; given string must be a decimal representation of a number`,
  );
}

function boolFromText(written: string): Kinded<"bool"> {
  if (written === "true" || written === "1") return bool(true);
  if (written === "false" || written === "0") return bool(false);
  throw new EvaluationError(
    `cannot convert ${JSON.stringify(written)} to bool; only the strings "true" or "false" are allowed`,
  );
}

/** An instance of a module is an object of its outputs; one of a resource has attributes that nobody knows yet. */
function convertInstance(value: Kinded<"instance">, type: Type): Evaluated {
  if (typeof type === "string" || type.kind === "tuple" || type.kind === "list" || type.kind === "set")
    return refuse(value, type);
  const { instance } = value;
  const names = instance.names?.() ?? (type.kind === "object" ? [...type.attributes.keys()] : undefined);
  if (names === undefined) return { ...unknownAt(value)!, type };
  const entries = names.flatMap((name) => {
    const found = instance.attribute(name);
    return found === undefined ? [] : [[name, found] as const];
  });
  return convert(object(entries), type);
}

/** The one type of all items. @throws EvaluationError where there is none. */
export function elementType(items: readonly Evaluated[], wanted: Type): Type {
  if (wanted !== "any") return wanted;
  const unified = unify(items.map(typeOf));
  if (unified === undefined) throw new EvaluationError("all elements must have the same type");
  return unified;
}

function convertToList(value: Kinded<"tuple" | "list" | "set">, wanted: Type): Evaluated {
  const known = value.kind === "tuple" ? "any" : value.element;
  if (value.kind === "list" && wanted === "any") return value;
  // An empty list has a type too.
  if (value.items.length === 0 && !canConvert(known, wanted)) return refuse(value, { kind: "list", element: wanted });
  const element = wanted === "any" && known !== "any" ? known : elementType(value.items, wanted);
  return {
    ...list(
      value.items.map((item) => convert(item, element)),
      element,
    ),
    origin: value.origin,
  };
}

function canConvert(from: Type, to: Type): boolean {
  if (from === "any" || to === "any" || from === to) return true;
  if (typeof from !== "string" || typeof to !== "string") return typeof from !== "string" && typeof to !== "string";
  return from === "string" || to === "string";
}

function convertToSet(value: Kinded<"tuple" | "list" | "set">, wanted: Type): Evaluated {
  if (value.kind === "set" && wanted === "any") return value;
  const known = value.kind === "tuple" ? "any" : value.element;
  const element = wanted === "any" && known !== "any" ? known : elementType(value.items, wanted);
  return setOf(
    value.items.map((item) => convert(item, element)),
    element,
  );
}

/** A set of these items. Where nobody knows which of them are the same, nobody knows the set. */
export function setOf(items: readonly Evaluated[], element: Type): Evaluated {
  const open = items.map(unknownIn).find((each) => each !== undefined);
  if (open !== undefined)
    return partlyKnownSet(items, element) ?? { ...open, type: { kind: "set", element }, origin: undefined };
  const ordered = [...items].sort(compareItems);
  const distinct = ordered.filter((item, index) => index === 0 || isEqual(item, ordered[index - 1]!) !== true);
  return { kind: "set", items: distinct, element };
}

/** Of what resources alone will know: one item is one, and links are told apart by what they link to. */
function partlyKnownSet(items: readonly Evaluated[], element: Type): Evaluated | undefined {
  if (items.map(unknownIn).some((open) => open !== undefined && open.isComputed !== true)) return undefined;
  const distinct: Evaluated[] = [];
  for (const item of items) {
    const same = distinct.map((each) => isEqual(each, item));
    if (same.some((each) => typeof each !== "boolean") && !same.includes(true)) return undefined;
    if (!same.includes(true)) distinct.push(item);
  }
  return { kind: "set", items: distinct, element };
}

function compareItems(left: Evaluated, right: Evaluated): number {
  if (left.kind === "string" && right.kind === "string") return compareText(left.value, right.value);
  if (left.kind === "number" && right.kind === "number") return compare(left.value, right.value);
  return compareText(orderKey(left), orderKey(right));
}

/** Terraform orders compound values by a hash of them; any order that never changes will do. */
function orderKey(value: Evaluated): string {
  if (value.kind === "number") return formatBigFloat(value.value);
  if (value.kind === "string" || value.kind === "bool") return JSON.stringify(value.value);
  if (isCollection(value)) return `[${value.items.map(orderKey).join()}]`;
  if (isKeyed(value)) return `{${[...value.entries].map(([key, each]) => `${key}:${orderKey(each)}`).join()}}`;
  return value.kind;
}

function convertToMap(value: Kinded<"object" | "map">, wanted: Type): Evaluated {
  if (value.kind === "map" && wanted === "any") return value;
  const element = elementType([...value.entries.values()], wanted);
  return {
    ...map(
      [...value.entries].map(([key, each]) => [key, convert(each, element)]),
      element,
    ),
    origin: value.origin,
  };
}

function convertToTuple(value: Evaluated, type: Extract<Type, { kind: "tuple" }>): Evaluated {
  if (!isCollection(value)) return refuse(value, type);
  if (value.items.length !== type.elements.length)
    throw new EvaluationError(`tuple of ${type.elements.length} elements required, but have ${value.items.length}`);
  return { ...tuple(value.items.map((item, index) => convert(item, type.elements[index]!))), origin: value.origin };
}

function convertToObject(value: Evaluated, type: Extract<Type, { kind: "object" }>): Evaluated {
  if (!isKeyed(value)) return refuse(value, type);
  const entries = [...type.attributes].map(([key, inner]): [string, Evaluated] => {
    const found = value.entries.get(key);
    if (found === undefined) throw new EvaluationError(`attribute ${JSON.stringify(key)} is required`);
    return [key, inAttribute(key, () => convert(found, inner))];
  });
  return { ...object(entries), origin: value.origin };
}

/** Names the attribute in whatever is refused inside it. */
export function inAttribute<T>(key: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof EvaluationError)
      throw new EvaluationError(`attribute ${JSON.stringify(key)}: ${cause.message}`);
    throw cause;
  }
}

/** Both values as one type, as the two results of a condition. @throws EvaluationError where there is none. */
export function unifyValue(value: Evaluated, other: Evaluated | undefined): Evaluated {
  if (other === undefined) return value;
  const type = unify([typeOf(value), typeOf(other)]);
  if (type === undefined)
    throw new EvaluationError(
      `both results of a condition must be of one type; they are ${typeName(typeOf(value))} and ${typeName(typeOf(other))}`,
    );
  return convert(value, type);
}
