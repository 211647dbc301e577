import { add, compare, fromCount, fromInteger, fromNumber, wholePart, withPrecision } from "../big-float.ts";
import type { BigFloat } from "../big-float.ts";
import { convert } from "../convert.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { number } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";
import { countArg, deep, floatArg, itemsArg, numberArg, textArg } from "./function.ts";
import type { FunctionTable } from "./function.ts";

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Functions of numbers. */
export const NUMERIC: FunctionTable = {
  abs: deep(["number"], ([value]) => number({ ...numberArg(value), isNegative: false })),
  ceil: deep(["number"], ([value]) => number(ceil(numberArg(value)))),
  floor: deep(["number"], ([value]) => number(floor(numberArg(value)))),
  log: deep(["number", "number"], ([value, base]) => machine(Math.log(floatArg(value)) / Math.log(floatArg(base)))),
  max: deep([], (args) => extreme(args, 1), "number"),
  min: deep([], (args) => extreme(args, -1), "number"),
  parseint: deep(["any", "number"], ([written, base]) => number(parse(textOnly(written), countArg(base)))),
  pow: deep(["number", "number"], ([value, power]) => machine(Math.pow(floatArg(value), floatArg(power)))),
  signum: deep(["number"], ([value]) => number(fromCount(Math.sign(countArg(value)) + 0))),
  sum: deep(["any"], ([list]) => sum(itemsArg(list))),
};

function machine(value: number): Evaluated {
  if (!Number.isFinite(value)) throw new EvaluationError("the result is no number");
  return number(fromNumber(value));
}

/** Towards positive infinity; a whole number has no negative zero. */
function ceil(value: BigFloat): BigFloat {
  const whole = wholePart(value);
  const isExact = compare(fromInteger(whole), value) === 0;
  return withPrecision(fromInteger(isExact || value.isNegative ? whole : whole + 1n), value.precision);
}

function floor(value: BigFloat): BigFloat {
  const whole = wholePart(value);
  const isExact = compare(fromInteger(whole), value) === 0;
  return withPrecision(fromInteger(isExact || !value.isNegative ? whole : whole - 1n), value.precision);
}

function extreme(args: readonly Evaluated[], sign: 1 | -1): Evaluated {
  const [first, ...rest] = args.map((arg) => numberArg(arg));
  if (first === undefined) throw new EvaluationError("must pass at least one number");
  return number(rest.reduce((best, each) => (compare(each, best) * sign > 0 ? each : best), first));
}

function textOnly(value: Evaluated | undefined): string {
  if (value?.kind !== "string") throw new EvaluationError("first argument must be a string");
  return textArg(value);
}

function parse(written: string, base: number): BigFloat {
  if (base < 2 || base > 62) throw new EvaluationError("the base must be a whole number between 2 and 62");
  const [, sign, digits = ""] = /^([+-]?)(.*)$/s.exec(written) ?? [];
  if (digits === "" || digits.length > 4096)
    throw new EvaluationError(`cannot parse ${JSON.stringify(written)} as a base ${base} integer`);
  let value = 0n;
  for (const digit of digits) {
    // Up to base 36, either case stands for the same digit.
    const found = DIGITS.indexOf(base <= 36 ? digit.toLowerCase() : digit);
    if (found === -1 || found >= base)
      throw new EvaluationError(`cannot parse ${JSON.stringify(written)} as a base ${base} integer`);
    value = value * BigInt(base) + BigInt(found);
  }
  return fromInteger(sign === "-" ? -value : value);
}

function sum(items: readonly Evaluated[]): Evaluated {
  if (items.length === 0) throw new EvaluationError("cannot sum an empty list");
  const numbers = items.map((item) => {
    if (item.kind === "null") throw new EvaluationError("all elements must be numbers, and one is null");
    return numberArg(convert(item, "number"));
  });
  return number(numbers.reduce(add));
}
