import { add, compare, fromCount, negate } from "../big-float.ts";
import type { BigFloat } from "../big-float.ts";
import { convert, setOf } from "../convert.ts";
import { isEqual } from "../equality.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { list, number, tuple, typeOf } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";
import type { Scope } from "../scope.ts";
import { unify } from "../type.ts";
import type { Type } from "../type.ts";
import { ANY_SET, deep, elementOfType, itemsArg, numberArg, shallow } from "./function.ts";
import type { FunctionTable } from "./function.ts";

/** Most numbers that Terraform's `range` makes. */
const MAX_RANGE = 1024;

/** Functions of sets, and `range`. */
export const SETS: FunctionTable = {
  range: deep([], (args) => range(args.map((arg) => numberArg(arg))), "number"),
  setintersection: deep(
    [ANY_SET],
    (sets) => combined(sets, (item, all) => all.every((each) => has(each, item))),
    ANY_SET,
  ),
  setproduct: shallow([], product, "any"),
  setsubtract: deep([ANY_SET, ANY_SET], ([from, cut]) => {
    const [left, right] = unified([from!, cut!]);
    return setOf(
      itemsArg(left).filter((item) => !has(itemsArg(right), item)),
      elementOfType(left),
    );
  }),
  setunion: deep([ANY_SET], (sets) => combined(sets, () => true), ANY_SET),
};

function range(params: readonly BigFloat[]): Evaluated {
  const zero = fromCount(0);
  const [start, end] = params.length === 1 ? [zero, params[0]!] : [params[0], params[1]];
  if (start === undefined || end === undefined || params.length > 3)
    throw new EvaluationError("must have one, two, or three arguments");
  const isDown = compare(end, start) < 0;
  const step = params[2] ?? (isDown ? negate(fromCount(1)) : fromCount(1));
  const direction = compare(step, zero);
  if (direction === 0 && compare(start, end) !== 0) throw new EvaluationError("step must not be zero");
  if (direction !== 0 && direction > 0 === isDown && compare(start, end) !== 0)
    throw new EvaluationError("end must not lie behind start in the direction of step");
  const found: Evaluated[] = [];
  for (let each = start; isDown ? compare(each, end) > 0 : compare(each, end) < 0; each = add(each, step)) {
    if (found.length >= MAX_RANGE) throw new EvaluationError(`more than ${MAX_RANGE} values were generated`);
    found.push(number(each));
  }
  return list(found, "number");
}

function has(items: readonly Evaluated[], value: Evaluated): boolean {
  return items.some((each) => isEqual(each, value) === true);
}

/** Sets of one type, to be compared. */
function unified(sets: readonly Evaluated[]): Evaluated[] {
  const element = unify(sets.filter((set) => itemsArg(set).length > 0).map(elementOfType));
  if (element === undefined) throw new EvaluationError("given sets must all have compatible element types");
  const type: Type = { kind: "set", element };
  return sets.map((set) => convert(set, element === "any" ? ANY_SET : type));
}

/** Items of all sets that every set agrees to. */
function combined(
  sets: readonly Evaluated[],
  isKept: (item: Evaluated, sets: readonly (readonly Evaluated[])[]) => boolean,
): Evaluated {
  const all = unified(sets);
  const items = all.map((set) => itemsArg(set));
  return setOf(
    items.flat().filter((item) => isKept(item, items)),
    elementOfType(all.find((set) => itemsArg(set).length > 0) ?? all[0]),
  );
}

/** A list of tuples, or a set of them where all arguments are sets. */
function product(args: readonly Evaluated[], { run }: Scope): Evaluated {
  if (args.length < 2) throw new EvaluationError("at least two arguments are required");
  const isSet = args.some((arg) => arg.kind === "set") && args.every((arg) => arg.kind !== "list");
  const columns = args.map((arg) => asColumn(arg));
  run.budget.items(columns.reduce((count, { items }) => count * items.length, 1));
  const rows = columns.reduce<Evaluated[][]>(
    (before, { items }) => before.flatMap((row) => items.map((item) => [...row, item])),
    [[]],
  );
  const element: Type = { kind: "tuple", elements: columns.map((column) => column.element) };
  const tuples = rows.map((row) => tuple(row));
  return isSet ? setOf(tuples, element) : list(tuples, element);
}

function asColumn(arg: Evaluated): { items: readonly Evaluated[]; element: Type } {
  const items = itemsArg(arg);
  const element = arg.kind === "tuple" ? unify(items.map(typeOf)) : elementOfType(arg);
  if (element === undefined) throw new EvaluationError("all elements of a list must have the same type");
  return { items: items.map((item) => convert(item, element)), element };
}
