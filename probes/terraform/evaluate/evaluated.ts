import type { BigFloat } from "./big-float.ts";
import { fromCount } from "./big-float.ts";
import type { Type } from "./type.ts";

/** An attribute of a resource instance: where a value was read. */
export interface Origin {
  readonly address: string;
  /** Empty for the whole resource. */
  readonly attribute: string;
}

/** What an expression comes to. A value that was read from a resource, and is passed on as it is, keeps its origin. */
export type Evaluated = { readonly origin?: Origin | undefined } & (
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly value: BigFloat }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "null"; readonly type: Type }
  /** `[…]`, each item with a type of its own. */
  | { readonly kind: "tuple"; readonly items: readonly Evaluated[] }
  /** Items of one type; a set holds each once, in order. */
  | { readonly kind: "list" | "set"; readonly items: readonly Evaluated[]; readonly element: Type }
  /** `{…}`, each entry with a type of its own. Entries of objects and maps stand in the order of their keys. */
  | { readonly kind: "object"; readonly entries: ReadonlyMap<string, Evaluated> }
  | { readonly kind: "map"; readonly entries: ReadonlyMap<string, Evaluated>; readonly element: Type }
  /** A text of which parts are not known. */
  | { readonly kind: "template"; readonly parts: readonly (string | UnknownEvaluated)[] }
  /** An instance of a resource or of a module: its attributes are looked up one by one. */
  | { readonly kind: "instance"; readonly instance: Instance }
  | Omit<UnknownEvaluated, "origin">
);

export interface UnknownEvaluated {
  readonly kind: "unknown";
  readonly reason: string;
  readonly expression?: string | undefined;
  readonly type: Type;
  readonly origin?: Origin | undefined;
  /** Nothing is written for it: the provider alone will know. */
  readonly isComputed?: boolean | undefined;
  /** Of a condition that is not known: its results, where each is known throughout. */
  readonly candidates?: readonly Evaluated[] | undefined;
}

export interface Instance {
  readonly address: string;
  /** The value of an attribute; undefined where the instance cannot have one of that name. */
  readonly attribute: (name: string) => Evaluated | undefined;
  /** Names of all attributes, where they are all known: the outputs of a module. */
  readonly names?: () => readonly string[];
}

export type Kinded<K extends Evaluated["kind"]> = Extract<Evaluated, { kind: K }>;

export function text(value: string): Kinded<"string"> {
  // Terraform compares and joins texts in this form.
  return { kind: "string", value: value.normalize("NFC") };
}

export function number(value: BigFloat | number): Kinded<"number"> {
  return { kind: "number", value: typeof value === "number" ? fromCount(value) : value };
}

export function bool(value: boolean): Kinded<"bool"> {
  return { kind: "bool", value };
}

export const NULL: Evaluated = { kind: "null", type: "any" };

export function tuple(items: readonly Evaluated[]): Kinded<"tuple"> {
  return { kind: "tuple", items };
}

export function list(items: readonly Evaluated[], element: Type): Kinded<"list" | "set"> {
  return { kind: "list", items, element };
}

export function texts(values: readonly string[]): Evaluated {
  return list(values.map(text), "string");
}

export function object(entries: Iterable<readonly [string, Evaluated]>): Kinded<"object"> {
  return { kind: "object", entries: sorted(entries) };
}

export function map(entries: Iterable<readonly [string, Evaluated]>, element: Type): Kinded<"map"> {
  return { kind: "map", entries: sorted(entries), element };
}

export function unknown(reason: string, expression?: string, type: Type = "any"): UnknownEvaluated {
  return { kind: "unknown", reason, type, ...(expression !== undefined && { expression }) };
}

/** Order of keys and of texts in a set: by code point, as Go orders them. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const one = [...left];
  const two = [...right];
  const at = one.findIndex((each, index) => each !== two[index]);
  if (at === -1) return -1;
  return two[at] === undefined || one[at]!.codePointAt(0)! > two[at].codePointAt(0)! ? 1 : -1;
}

function sorted(entries: Iterable<readonly [string, Evaluated]>): ReadonlyMap<string, Evaluated> {
  const unique = new Map(entries);
  return new Map([...unique].sort(([left], [right]) => compareText(left, right)));
}

export function isCollection(value: Evaluated): value is Kinded<"tuple" | "list" | "set"> {
  return value.kind === "tuple" || value.kind === "list" || value.kind === "set";
}

export function isKeyed(value: Evaluated): value is Kinded<"object" | "map"> {
  return value.kind === "object" || value.kind === "map";
}

export function typeOf(value: Evaluated): Type {
  switch (value.kind) {
    case "string":
    case "number":
    case "bool":
      return value.kind;
    case "template":
      return "string";
    case "null":
    case "unknown":
      return value.type;
    case "tuple":
      return { kind: "tuple", elements: value.items.map(typeOf) };
    case "list":
    case "set":
    case "map":
      return { kind: value.kind, element: value.element };
    case "object":
      return { kind: "object", attributes: new Map([...value.entries].map(([key, each]) => [key, typeOf(each)])) };
    case "instance":
      return "any";
  }
}

/** The first thing in a value that is not known, at any depth. */
export function unknownIn(value: Evaluated): UnknownEvaluated | undefined {
  const shallow = unknownAt(value);
  if (shallow !== undefined) return shallow;
  const inner = isCollection(value) ? value.items : isKeyed(value) ? value.entries.values() : [];
  for (const each of inner) {
    const found = unknownIn(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Why a value itself is not known; what stands inside it is not asked, nor between which values a condition chooses. */
export function unknownAt(value: Evaluated): UnknownEvaluated | undefined {
  if (value.kind === "unknown") return value.candidates === undefined ? value : { ...value, candidates: undefined };
  if (value.kind === "template") {
    const part = value.parts.find((each) => typeof each !== "string");
    return part === undefined ? undefined : { ...part, type: "string", origin: undefined };
  }
  if (value.kind === "instance")
    return unknown(`is the whole of ${value.instance.address}, which is known after apply`, value.instance.address);
  return undefined;
}

/** An attribute for which nothing is written. */
export function computed(origin: Origin, reason = "is known after apply"): Evaluated {
  const expression = origin.attribute === "" ? origin.address : `${origin.address}.${origin.attribute}`;
  return { ...unknown(reason, expression), origin, isComputed: true };
}

/** The same value, read from an attribute. */
export function from(value: Evaluated, origin: Origin | undefined): Evaluated {
  return { ...value, origin };
}
