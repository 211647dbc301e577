import { compact } from "./compact.ts";
import { convert, setOf } from "../convert.ts";
import { isEqual } from "../equality.ts";
import { EvaluationError } from "../evaluation-error.ts";
import {
  NULL,
  bool,
  compareText,
  isCollection,
  isKeyed,
  list,
  map,
  number,
  object,
  text,
  texts,
} from "../evaluated.ts";
import { tuple, typeOf, unknownAt, unknownIn } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";
import { unify } from "../type.ts";
import { ANY_LIST, STRINGS, countArg, deep, elementOfType, entriesArg, itemsArg, own, shallow } from "./function.ts";
import { textArg, textsArg } from "./function.ts";
import type { FunctionTable } from "./function.ts";
import { lengthOf } from "./string.ts";

/** Functions of lists, tuples, sets, maps and objects. */
export const COLLECTION: FunctionTable = {
  alltrue: own(["any"], ([items]) => allOrAny(items!, true)),
  anytrue: own(["any"], ([items]) => allOrAny(items!, false)),
  chunklist: shallow([ANY_LIST, "number"], ([items, size]) => chunks(items!, countArg(size))),
  coalesce: own([], coalesce, "any"),
  coalescelist: own([], coalesceList, "any"),
  compact: own([STRINGS], ([items]) => compact(items!)),
  concat: shallow([], concat, "any"),
  contains: shallow(["any", "any"], ([items, value]) => contains(itemsArg(items), value!)),
  distinct: own([ANY_LIST], ([items]) => distinct(items!)),
  element: shallow(["any", "number"], ([items, index]) => element(items!, countArg(index))),
  flatten: shallow(["any"], ([items]) => flatten(items!)),
  index: deep(["any", "any"], ([items, value]) => indexOf(itemsArg(items), value!)),
  keys: own(["any"], ([value]) => keys(value!)),
  length: own(["any"], ([value]) => length(value!)),
  list: shallow([], (args) => convert(tuple(args), ANY_LIST), "any"),
  lookup: own(["any", "string"], lookup, "any"),
  matchkeys: deep([ANY_LIST, ANY_LIST, ANY_LIST], ([values, by, wanted]) => matchKeys(values!, by!, wanted!)),
  merge: own([], merge, "any"),
  one: shallow(["any"], ([items]) => one(itemsArg(items))),
  reverse: shallow(["any"], ([items]) => reversed(items!)),
  slice: shallow(["any", "number", "number"], ([items, start, end]) => slice(items!, countArg(start), countArg(end))),
  sort: deep([STRINGS], ([items]) => texts(textsArg(items).sort(compareText))),
  transpose: deep([{ kind: "map", element: STRINGS }], ([value]) => transpose(entriesArg(value))),
  values: own(["any"], ([value]) => values(value!)),
  zipmap: shallow([STRINGS, "any"], ([names, items]) => zipmap(names!, items!)),
};

/** An item that decides alone decides, whatever the others are. */
function allOrAny(given: Evaluated, isAll: boolean): Evaluated {
  if (given.kind === "null") throw new EvaluationError("argument must not be null");
  const open = unknownAt(given);
  if (open !== undefined) return { ...open, type: "bool", origin: undefined };
  const items = itemsArg(convert(given, { kind: "list", element: "bool" }));
  // Null is not true.
  const isDeciding = (item: Evaluated): boolean =>
    item.kind === "bool" ? item.value !== isAll : isAll && item.kind === "null";
  if (items.some(isDeciding)) return bool(!isAll);
  const doubt = items.map(unknownAt).find((each) => each !== undefined);
  return doubt === undefined ? bool(isAll) : { ...doubt, type: "bool", origin: undefined };
}

function chunks(items: Evaluated, size: number): Evaluated {
  if (size < 0) throw new EvaluationError("the size argument must be positive");
  const all = itemsArg(items);
  const inner = elementOfType(items);
  const step = size === 0 ? Math.max(all.length, 1) : size;
  const starts = Array.from({ length: Math.ceil(all.length / step) }, (_, index) => index * step);
  return list(
    starts.map((start) => list(all.slice(start, start + step), inner)),
    { kind: "list", element: inner },
  );
}

/** The first that is neither null nor an empty text, as one type with all the others. */
function coalesce(args: readonly Evaluated[]): Evaluated {
  const type = unify(args.map(typeOf));
  if (type === undefined) throw new EvaluationError("all arguments must have the same type");
  for (const arg of args) {
    const open = arg.kind === "template" || arg.kind === "instance" ? undefined : unknownAt(arg);
    // What is read from a resource is never null where something is written for it, and an id is never empty.
    if (open !== undefined) return arg.origin !== undefined ? arg : { ...open, origin: undefined };
    const converted = convert(arg, type);
    if (converted.kind !== "null" && !(converted.kind === "string" && converted.value === "")) return converted;
  }
  throw new EvaluationError("no non-null, non-empty-string arguments");
}

function coalesceList(args: readonly Evaluated[]): Evaluated {
  for (const arg of args) {
    const open = unknownAt(arg);
    if (open !== undefined) return { ...open, origin: undefined };
    if (arg.kind !== "null" && itemsArg(arg).length > 0) return arg;
  }
  throw new EvaluationError("no non-null arguments that are not empty");
}

function concat(args: readonly Evaluated[]): Evaluated {
  if (args.length === 0) throw new EvaluationError("at least one argument is required");
  const items = args.flatMap((arg) => {
    if (arg.kind === "set") throw new EvaluationError("all arguments must be lists or tuples; got a set");
    return itemsArg(arg);
  });
  const types = args.map((arg) => (arg.kind === "list" ? arg.element : undefined));
  const unified = types.every((type) => type !== undefined) ? unify(types) : undefined;
  return unified === undefined ? tuple(items) : convert(tuple(items), { kind: "list", element: unified });
}

function contains(items: readonly Evaluated[], value: Evaluated): Evaluated {
  let doubt: Evaluated | undefined;
  for (const item of items) {
    const same = isEqual(item, value);
    if (same === true) return bool(true);
    if (same !== false) doubt ??= same;
  }
  return doubt ?? bool(false);
}

function distinct(items: Evaluated): Evaluated {
  if (items.kind === "null") throw new EvaluationError("argument must not be null");
  const open = unknownIn(items);
  const told = open === undefined || unknownAt(items) !== undefined ? undefined : setOf(itemsArg(items), "any");
  if (open !== undefined)
    return told?.kind === "set" ? list(told.items, elementOfType(items)) : { ...open, type: "any", origin: undefined };
  const found: Evaluated[] = [];
  const seen = new Set<string>();
  for (const item of itemsArg(items)) {
    const isNew =
      item.kind === "string"
        ? seen.size < seen.add(item.value).size
        : !found.some((each) => isEqual(each, item) === true);
    if (isNew) found.push(item);
  }
  return list(found, elementOfType(items));
}

function element(from: Evaluated, index: number): Evaluated {
  const items = itemsArg(from);
  if (from.kind === "set") throw new EvaluationError("cannot read elements from a set, which has no order");
  if (items.length === 0) throw new EvaluationError("cannot use element function with an empty list");
  if (index < 0) throw new EvaluationError("cannot use element function with a negative index");
  return items[index % items.length]!;
}

function flatten(items: Evaluated): Evaluated {
  const flat: Evaluated[] = [];
  const visit = (value: Evaluated): Evaluated | undefined => {
    for (const item of itemsArg(value)) {
      if (isCollection(item)) {
        const open = visit(item);
        if (open !== undefined) return open;
        // What is not known may be a list itself, and then the length is not known either.
      } else if (item.kind === "unknown" && item.type === "any" && item.origin === undefined)
        return { ...item, origin: undefined };
      else flat.push(item);
    }
    return undefined;
  };
  return visit(items) ?? tuple(flat);
}

function indexOf(items: readonly Evaluated[], value: Evaluated): Evaluated {
  const found = items.findIndex((item) => isEqual(item, value) === true);
  if (found === -1) throw new EvaluationError("item not found");
  return number(found);
}

function namesOf(value: Evaluated): readonly string[] | undefined {
  if (value.kind === "instance") return value.instance.names?.();
  return isKeyed(value) ? [...value.entries.keys()] : undefined;
}

function keys(value: Evaluated): Evaluated {
  const names = namesOf(value);
  if (names === undefined) return refuseKeyed(value);
  return value.kind === "map" ? texts(names) : tuple(names.map(text));
}

function values(value: Evaluated): Evaluated {
  if (value.kind === "instance") {
    const names = value.instance.names?.();
    return names === undefined ? refuseKeyed(value) : tuple(names.map((name) => value.instance.attribute(name)!));
  }
  if (!isKeyed(value)) return refuseKeyed(value);
  const all = [...value.entries.values()];
  return value.kind === "map" ? list(all, value.element) : tuple(all);
}

function refuseKeyed(value: Evaluated): Evaluated {
  const open = unknownAt(value);
  if (open !== undefined) return { ...open, type: "any", origin: undefined };
  throw new EvaluationError("must be a map or an object");
}

function length(value: Evaluated): Evaluated {
  if (isCollection(value)) return number(value.items.length);
  const names = namesOf(value);
  if (names !== undefined) return number(names.length);
  const open = unknownAt(value);
  if (open !== undefined) return { ...open, type: "number", origin: undefined };
  if (value.kind === "string") return lengthOf(value.value);
  throw new EvaluationError("must be a list, a map, a set or a text");
}

/** The default may be null. */
function lookup([from, key, fallback]: readonly Evaluated[]): Evaluated {
  if (from === undefined || key === undefined || from.kind === "null" || key.kind === "null")
    throw new EvaluationError("neither the map nor the key may be null");
  const open = unknownAt(from) ?? unknownAt(key);
  if (open !== undefined) return { ...open, type: "any", origin: undefined };
  const name = textArg(key);
  const found = entriesArg(from).get(name);
  if (found === undefined && fallback === undefined)
    throw new EvaluationError(`the given ${from.kind} has no element ${JSON.stringify(name)}`);
  return found ?? (from.kind === "map" ? convert(fallback!, from.element) : fallback!);
}

function matchKeys(values: Evaluated, by: Evaluated, wanted: Evaluated): Evaluated {
  const names = itemsArg(by);
  const all = itemsArg(values);
  if (names.length !== all.length) throw new EvaluationError("length of keys and values should be equal");
  const found = all.filter((_, index) => itemsArg(wanted).some((each) => isEqual(each, names[index]!) === true));
  return list(found, elementOfType(values));
}

/** With a map of which the keys are not known, nobody knows which keys the result has. */
function merge(args: readonly Evaluated[]): Evaluated {
  const given = args.filter((arg) => arg.kind !== "null");
  const open = given.map(unknownAt).find((each) => each !== undefined);
  if (open !== undefined) return { ...open, type: "any", origin: undefined };
  const entries = given.flatMap((arg) => [...entriesArg(arg)]);
  const types = given.map((arg) => (arg.kind === "map" ? arg.element : undefined));
  const [first] = types;
  const isOneMap = types.length > 0 && types.every((type) => type !== undefined && type === first);
  return isOneMap ? map(entries, first!) : object(entries);
}

function one(items: readonly Evaluated[]): Evaluated {
  if (items.length > 1)
    throw new EvaluationError("must be a list, set, or tuple value with either zero or one elements");
  return items[0] ?? NULL;
}

function reversed(items: Evaluated): Evaluated {
  const all = [...itemsArg(items)].reverse();
  return items.kind === "tuple" ? tuple(all) : list(all, elementOfType(items));
}

function slice(items: Evaluated, start: number, end: number): Evaluated {
  const all = itemsArg(items);
  if (items.kind === "set") throw new EvaluationError("cannot slice a set, because its elements do not have indices");
  if (start < 0 || start > end) throw new EvaluationError("start index must not be negative or behind the end index");
  if (end > all.length) throw new EvaluationError("end index must not be greater than the length of the list");
  const kept = all.slice(start, end);
  return items.kind === "tuple" ? tuple(kept) : list(kept, elementOfType(items));
}

function transpose(entries: ReadonlyMap<string, Evaluated>): Evaluated {
  const turned = new Map<string, string[]>();
  for (const [key, inner] of entries)
    for (const value of textsArg(inner)) turned.set(value, [...(turned.get(value) ?? []), key]);
  return map(
    [...turned].map(([key, names]) => [key, texts(names.sort(compareText))] as const),
    STRINGS,
  );
}

function zipmap(names: Evaluated, items: Evaluated): Evaluated {
  const open = unknownIn(names);
  if (open !== undefined) return { ...open, type: "any", origin: undefined };
  const keysOf = textsArg(names);
  const all = itemsArg(items);
  if (keysOf.length !== all.length)
    throw new EvaluationError(`number of keys (${keysOf.length}) does not match number of values (${all.length})`);
  const entries = keysOf.map((key, index) => [key, all[index]!] as const);
  return items.kind === "list" ? map(entries, elementOfType(items)) : object(entries);
}
