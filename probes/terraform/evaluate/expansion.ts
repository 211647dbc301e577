import type { Attribute } from "../syntax/syntax.ts";
import { toInteger } from "./big-float.ts";
import { attributeIn } from "./body-items.ts";
import type { Item } from "./body-items.ts";
import { convert } from "./convert.ts";
import { evaluate } from "./evaluate.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { isKeyed, number, object, text, tuple, unknown, unknownAt } from "./evaluated.ts";
import type { Evaluated, UnknownEvaluated } from "./evaluated.ts";
import { forEachItem } from "./iteration.ts";
import { bind } from "./scope.ts";
import type { Scope } from "./scope.ts";
import { typeName } from "./type.ts";

export interface Repeated {
  /** `[0]`, `["a"]`, or nothing. */
  readonly key: string;
  /** Key of an object of instances. */
  readonly name: string;
  readonly scope: Scope;
}

/** The instances that a resource or a module call makes. */
export type Expansion =
  | { readonly kind: "one" | "count" | "each"; readonly instances: readonly Repeated[] }
  | { readonly kind: "unknown"; readonly open: UnknownEvaluated; readonly by: Attribute };

/** Evaluates `count` and `for_each`. What Terraform refuses of them is a problem, and the instances are not known. */
export function expand(items: readonly Item[], scope: Scope): Expansion {
  const count = attributeIn(items, "count");
  const forEach = attributeIn(items, "for_each");
  const by = count ?? forEach;
  if (by === undefined) return { kind: "one", instances: [{ key: "", name: "", scope }] };
  try {
    const found = count === undefined ? forEachOf(by, scope) : countOf(by, scope);
    if (!Array.isArray(found))
      return { kind: "unknown", open: { ...found, expression: found.expression ?? by.value.text }, by };
    scope.run.budget.instance(by.at, found.length);
    return { kind: count === undefined ? "each" : "count", instances: found };
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    scope.run.problem(`${by.name}: ${cause.message}`, cause.at ?? by.at, scope.address);
    return { kind: "unknown", open: unknown(`cannot be evaluated: ${cause.message}`, by.value.text), by };
  }
}

function countOf({ value }: Attribute, scope: Scope): Repeated[] | UnknownEvaluated {
  const found = convert(evaluate(value, scope), "number");
  const open = unknownAt(found);
  if (open !== undefined) return open;
  const whole = found.kind === "number" ? toInteger(found.value) : undefined;
  if (whole === undefined || whole < 0n) throw new EvaluationError("must be a whole number that is not negative");
  // Counted before anything is made for each.
  const length = Number(whole);
  scope.run.budget.items(length);
  return Array.from({ length }, (_, index) => ({
    key: `[${index}]`,
    name: String(index),
    scope: bind(scope, "count", object([["index", number(index)]])),
  }));
}

function forEachOf({ value }: Attribute, scope: Scope): Repeated[] | UnknownEvaluated {
  const over = evaluate(value, scope);
  const open = over.kind === "instance" && over.instance.names !== undefined ? undefined : unknownAt(over);
  if (open !== undefined) return open;
  if (!isKeyed(over) && over.kind !== "set" && over.kind !== "instance")
    throw new EvaluationError(
      `must be a map, or a set of texts; it is a ${over.kind === "list" || over.kind === "tuple" ? `${over.kind}, and toset makes a set of it` : over.kind}`,
    );
  const items = forEachItem(over);
  if (!Array.isArray(items)) return items;
  const openKey = items.map(([key]) => unknownAt(key)).find((each) => each !== undefined);
  if (openKey !== undefined) return openKey;
  return items.map(([key, each]) => {
    if (key.kind !== "string")
      throw new EvaluationError(
        over.kind === "set"
          ? `must be a set of texts; it is a set of ${typeName(over.element)}`
          : "has a key that is no text",
      );
    return {
      key: `[${JSON.stringify(key.value)}]`,
      name: key.value,
      scope: bind(
        scope,
        "each",
        object([
          ["key", text(key.value)],
          ["value", each],
        ]),
      ),
    };
  });
}

/** What `google_x.y` or `module.x` stands for: an instance, a list of them, or an object of them by key. */
export function gathered(expansion: Expansion, instanceOf: (repeated: Repeated) => Evaluated, name: string): Evaluated {
  if (expansion.kind === "unknown")
    return unknown(`is one of an unknown number, because ${expansion.by.name} ${reasonOf(expansion.open)}`, name);
  const instances = expansion.instances.map((each) => [each.name, instanceOf(each)] as const);
  if (expansion.kind === "one") return instances[0]![1];
  return expansion.kind === "count" ? tuple(instances.map(([, each]) => each)) : object(instances);
}

/** Why, with the expression that it hangs on. */
export function reasonOf({ reason, expression }: UnknownEvaluated): string {
  return expression === undefined ? reason : `is not known: ${expression} ${reason}`;
}
