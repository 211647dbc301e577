import { add, compare, divide, modulo, multiply, negate, subtract } from "./big-float.ts";
import type { BigFloat } from "./big-float.ts";
import { convert } from "./convert.ts";
import { isEqual } from "./equality.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { bool, number, unknownAt } from "./evaluated.ts";
import type { Evaluated } from "./evaluated.ts";
import type { Expression } from "../syntax/syntax.ts";

type Operator = Extract<Expression, { kind: "binary" }>["operator"];

/** `!` and `-`. @throws EvaluationError for an operand of another type, and for null. */
export function unary(operator: "!" | "-", operand: Evaluated): Evaluated {
  if (operator === "!") {
    const value = operandOf(operand, "bool");
    return value.kind === "bool" ? bool(!value.value) : value;
  }
  const value = operandOf(operand, "number");
  return value.kind === "number" ? number(negate(value.value)) : value;
}

/** The operators with two operands. @throws EvaluationError for operands of another type, and for null. */
export function binary(operator: Operator, left: Evaluated, right: Evaluated): Evaluated {
  if (operator === "==" || operator === "!=") {
    const same = isEqual(left, right);
    return typeof same === "boolean" ? bool(same === (operator === "==")) : same;
  }
  return operator === "&&" || operator === "||" ? logical(operator, left, right) : numeric(operator, left, right);
}

/** An operand that decides alone decides, whatever the other one is. */
function logical(operator: "&&" | "||", left: Evaluated, right: Evaluated): Evaluated {
  const operands = [operandOf(left, "bool"), operandOf(right, "bool")];
  const deciding = operator === "||";
  if (operands.some((each) => each.kind === "bool" && each.value === deciding)) return bool(deciding);
  return operands.find((each) => each.kind !== "bool") ?? bool(!deciding);
}

type Numeric = Exclude<Operator, "&&" | "||" | "==" | "!=">;

const NUMERIC: Readonly<Record<Numeric, (left: BigFloat, right: BigFloat) => Evaluated>> = {
  "+": (left, right) => number(add(left, right)),
  "-": (left, right) => number(subtract(left, right)),
  "*": (left, right) => number(multiply(left, right)),
  "/": (left, right) => number(divide(left, nonZero(right))),
  "%": (left, right) => number(modulo(left, nonZero(right))),
  "<": (left, right) => bool(compare(left, right) < 0),
  "<=": (left, right) => bool(compare(left, right) <= 0),
  ">": (left, right) => bool(compare(left, right) > 0),
  ">=": (left, right) => bool(compare(left, right) >= 0),
};

function numeric(operator: Numeric, left: Evaluated, right: Evaluated): Evaluated {
  const one = operandOf(left, "number");
  const other = operandOf(right, "number");
  if (one.kind !== "number") return one;
  return other.kind === "number" ? NUMERIC[operator](one.value, other.value) : other;
}

/** Terraform has infinities, and no attribute of a provider takes one. */
function nonZero(value: BigFloat): BigFloat {
  if (value.mantissa === 0n) throw new EvaluationError("divides by zero");
  return value;
}

function operandOf(value: Evaluated, type: "bool" | "number"): Evaluated {
  if (value.kind === "null") throw new EvaluationError("an operand must not be null");
  const open = unknownAt(value);
  if (open !== undefined) return { ...open, type, origin: undefined };
  try {
    return convert(value, type);
  } catch (cause) {
    if (cause instanceof EvaluationError)
      throw new EvaluationError(`unsuitable value for an operand: a ${type} is required`);
    throw cause;
  }
}
