import type { Expression } from "../syntax/syntax.ts";
import { fromNumber, parseBigFloat } from "./big-float.ts";
import { call } from "./call.ts";
import { convert, unifyValue } from "./convert.ts";
import { isIdentical } from "./equality.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { NULL, bool, number, object, text, tuple, unknown, unknownAt, unknownIn } from "./evaluated.ts";
import type { Evaluated, UnknownEvaluated } from "./evaluated.ts";
import { comprehension, keyText } from "./iteration.ts";
import { binary, unary } from "./operators.ts";
import { bind, bound } from "./scope.ts";
import type { Scope } from "./scope.ts";
import { template, templateFor, templateIf } from "./template.ts";
import { attributeOf, elementOf, splatItems, splatted } from "./traverse.ts";

type Kinded<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;

/** Name of the item that a splat is at; no configuration can write it. */
const SPLAT_ITEM = "*";

/**
 * The value of an expression.
 * @throws EvaluationError, with the place, for what Terraform refuses; ConfigurationError for a circle and beyond all limits.
 */
export function evaluate(expression: Expression, scope: Scope): Evaluated {
  return scope.run.budget.step(expression.at, () => {
    try {
      return evaluateKind(expression, scope);
    } catch (cause) {
      if (cause instanceof EvaluationError) cause.at ??= expression.at;
      throw cause;
    }
  });
}

function evaluateKind(expression: Expression, scope: Scope): Evaluated {
  switch (expression.kind) {
    case "literal":
      return literal(expression);
    case "template":
      return template(expression, scope, evaluate);
    case "template-if":
      return templateIf(expression, scope, evaluate);
    case "template-for":
      return templateFor(expression, scope, evaluate);
    case "name":
      return bareName(expression, scope);
    case "attribute":
      return attribute(expression, scope);
    case "index":
      return elementOf(evaluate(expression.of, scope), evaluate(expression.key, scope));
    case "splat":
      return splat(expression, scope);
    case "each-item":
      return bound(scope, SPLAT_ITEM) ?? unknown("stands outside of a splat", expression.text);
    case "call":
      return call(expression, scope, evaluate);
    case "conditional":
      return conditional(expression, scope);
    case "unary":
      return unary(expression.operator, evaluate(expression.operand, scope));
    case "binary":
      return binary(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope));
    case "tuple":
      return tuple(expression.items.map((item) => evaluate(item, scope)));
    case "object":
      return objectOf(expression, scope);
    case "for":
      return comprehension(expression, scope, evaluate);
  }
}

/** A number is read from its text again: a machine number holds 53 bits of it. */
function literal({ value, text: written }: Kinded<"literal">): Evaluated {
  if (value === null) return NULL;
  if (typeof value === "boolean") return bool(value);
  return typeof value === "string" ? text(value) : number(parseBigFloat(written) ?? fromNumber(value));
}

function bareName(expression: Kinded<"name">, scope: Scope): Evaluated {
  const { name, at } = expression;
  const found = bound(scope, name);
  if (found !== undefined) return found;
  if (name === "self") return unknown("is known to provisioners alone, when Terraform applies", name);
  scope.run.problem(
    name === "each" || name === "count"
      ? `${name} stands outside of what ${name === "each" ? "for_each" : "count"} repeats`
      : `${name} is no reference: a reference has at least a type and a name`,
    at,
    scope.address,
  );
  return unknown(`refers to ${name}, which has no meaning here`, name);
}

function attribute(expression: Kinded<"attribute">, scope: Scope): Evaluated {
  const { of, name } = expression;
  if (of.kind === "name" && of.name !== "self" && bound(scope, of.name) === undefined && !isRepetition(of.name)) {
    if (of.name !== "data") return scope.module.resolve(of.name, name, expression, scope);
  } else if (
    of.kind === "attribute" &&
    of.of.kind === "name" &&
    of.of.name === "data" &&
    bound(scope, "data") === undefined
  )
    return scope.module.data(of.name, name, expression, scope);
  return attributeOf(evaluate(of, scope), name);
}

function isRepetition(name: string): boolean {
  return name === "each" || name === "count";
}

function splat({ of, each }: Kinded<"splat">, scope: Scope): Evaluated {
  const value = evaluate(of, scope);
  const items = splatItems(value);
  if (items === undefined) return { ...unknownAt(value)!, type: "any", origin: undefined };
  scope.run.budget.items(items.length);
  return splatted(
    value,
    items.map((item) => evaluate(each, bind(scope, SPLAT_ITEM, item))),
  );
}

/** An unknown condition does not matter where both results are the same. */
function conditional({ condition, yes, no }: Kinded<"conditional">, scope: Scope): Evaluated {
  const decided = evaluate(condition, scope);
  if (decided.kind === "null") throw new EvaluationError("the condition must not be null");
  const value = convert(decided, "bool");
  if (value.kind === "bool") {
    const [chosen, other] = value.value ? [yes, no] : [no, yes];
    return unifyValue(evaluate(chosen, scope), attempt(other, scope));
  }
  const [first, second] = [attempt(yes, scope), attempt(no, scope)];
  if (first !== undefined && second !== undefined && isIdentical(first, second)) return first;
  const open = unknownAt(value)!;
  const candidates = first !== undefined && second !== undefined ? candidatesOf([first, second]) : undefined;
  return { ...unknown(hangsOn(open), open.expression ?? condition.text), candidates };
}

/** Conditions inside of conditions: more results than these are not looked at one by one. */
const MOST_CANDIDATES = 8;

function candidatesOf(results: readonly Evaluated[]): readonly Evaluated[] | undefined {
  const all = results.flatMap((each) => (each.kind === "unknown" && each.candidates) || [each]);
  return all.length <= MOST_CANDIDATES && all.every((each) => unknownIn(each) === undefined) ? all : undefined;
}

/** What says of something that it is not known needs that something. */
function hangsOn({ reason, expression }: UnknownEvaluated): string {
  const isAbout = expression !== undefined && /^(?:is|refers|differs|hangs|cannot)\b/.test(reason);
  return `hangs on a condition: ${isAbout ? `${expression} ` : ""}${reason}`;
}

/** A result that is not chosen only lends its type; what is wrong inside it does not matter. */
function attempt(expression: Expression, scope: Scope): Evaluated | undefined {
  try {
    return evaluate(expression, scope);
  } catch (cause) {
    if (cause instanceof EvaluationError) return undefined;
    throw cause;
  }
}

function objectOf({ entries }: Kinded<"object">, scope: Scope): Evaluated {
  const found = new Map<string, Evaluated>();
  for (const { key, value } of entries) {
    const name = keyText(evaluate(key, scope));
    if (typeof name !== "string") return { ...name, type: "any", origin: undefined };
    found.set(name, evaluate(value, scope));
  }
  return object(found);
}
