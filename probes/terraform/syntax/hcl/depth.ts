import { deeperThan } from "../children.ts";
import type { Expression } from "../syntax.ts";
import { MAX_DEPTH, TOO_DEEP } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";

/** Operators and steps make an expression deep without any bracket, and whoever evaluates it walks down. */
export function refuseDeep(cursor: Cursor, expression: Expression): Expression {
  const deep = deeperThan(expression, MAX_DEPTH);
  if (deep !== undefined) cursor.failAt(TOO_DEEP, deep.at);
  return expression;
}
