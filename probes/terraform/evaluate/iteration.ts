import type { Expression } from "../syntax/syntax.ts";
import { convert } from "./convert.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { isCollection, isKeyed, number, object, text, tuple, unknownAt, unknownIn } from "./evaluated.ts";
import type { Evaluated, UnknownEvaluated } from "./evaluated.ts";
import { bind } from "./scope.ts";
import type { Evaluate, Scope } from "./scope.ts";

type For = Extract<Expression, { kind: "for" }>;

/**
 * Key and value of everything in a collection, in Terraform's order; why not, where the collection is not known.
 * @throws EvaluationError for what is no collection.
 */
export function forEachItem(over: Evaluated): [Evaluated, Evaluated][] | UnknownEvaluated {
  if (over.kind === "instance" && over.instance.names !== undefined)
    return over.instance.names().map((name) => [text(name), over.instance.attribute(name)!]);
  const open = unknownAt(over);
  if (open !== undefined) return open;
  if (over.kind === "null") throw new EvaluationError("a null value cannot be iterated over");
  if (isKeyed(over)) return [...over.entries].map(([key, value]) => [text(key), value]);
  if (over.kind === "set") return over.items.map((value) => [value, value]);
  if (isCollection(over)) return over.items.map((value, index) => [number(index), value]);
  throw new EvaluationError(`a ${over.kind} cannot be iterated over`);
}

/** `[for …]` and `{for …}`. @throws EvaluationError for what Terraform refuses. */
export function comprehension(expression: For, scope: Scope, evaluate: Evaluate): Evaluated {
  const items = forEachItem(evaluate(expression.over, scope));
  if (!Array.isArray(items)) return { ...items, type: "any", origin: undefined };
  scope.run.budget.items(items.length);
  const rounds: Scope[] = [];
  for (const [key, value] of items) {
    const outer = expression.key === undefined ? scope : bind(scope, expression.key, key);
    const inner = bind(outer, expression.item, value);
    const taken = expression.condition === undefined ? true : isTaken(evaluate(expression.condition, inner));
    if (typeof taken !== "boolean") return { ...taken, type: "any", origin: undefined };
    if (taken) rounds.push(inner);
  }
  if (expression.keyOf === undefined) return tuple(rounds.map((inner) => evaluate(bodyOf(expression), inner)));
  return keyed(expression, expression.keyOf, rounds, evaluate);
}

/** The linter takes this field for the method that every object has. */
function bodyOf({ ["valueOf"]: value }: For): Expression {
  return value;
}

function isTaken(condition: Evaluated): boolean | UnknownEvaluated {
  if (condition.kind === "null") throw new EvaluationError("the value of the 'if' clause must not be null");
  const converted = convert(condition, "bool");
  return converted.kind === "bool" ? converted.value : unknownAt(converted)!;
}

function keyed(expression: For, keyOf: Expression, rounds: readonly Scope[], evaluate: Evaluate): Evaluated {
  const entries = new Map<string, Evaluated[]>();
  for (const inner of rounds) {
    const key = keyText(evaluate(keyOf, inner));
    if (typeof key !== "string") return { ...key, type: "any", origin: undefined };
    const value = evaluate(bodyOf(expression), inner);
    const before = entries.get(key);
    if (before === undefined) entries.set(key, [value]);
    else if (expression.groups) before.push(value);
    else
      throw new EvaluationError(
        `two different items produced the key ${JSON.stringify(key)}; group them with ... after the value`,
      );
  }
  return object([...entries].map(([key, values]) => [key, expression.groups ? tuple(values) : values[0]!] as const));
}

/** The text of a key; why not, where it is not known. @throws EvaluationError for a key that is null or no text. */
export function keyText(key: Evaluated): string | UnknownEvaluated {
  if (key.kind === "null") throw new EvaluationError("a key must not be null");
  const open = unknownIn(key);
  if (open !== undefined) return open;
  const converted = convert(key, "string");
  if (converted.kind === "string") return converted.value;
  throw new EvaluationError("a key must be a text");
}
