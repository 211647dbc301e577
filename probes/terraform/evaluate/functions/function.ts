import type { BigFloat } from "../big-float.ts";
import { formatBigFloat, toInteger, toNumber } from "../big-float.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { isCollection, isKeyed } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";
import type { Scope } from "../scope.ts";
import type { Type } from "../type.ts";

/** A function of Terraform. */
export interface Func {
  /** Types that the arguments are converted to. */
  readonly params: readonly Type[];
  /** Type of any further arguments; none may follow where it is left out. */
  readonly rest?: Type;
  /** Null is an argument like any other. */
  readonly takesNull?: boolean;
  /**
   * When the result is not known: with an unknown anywhere in an argument (`deep`), with an argument that is itself
   * unknown (`shallow`), or as the function says (`own`).
   */
  readonly unknowns: "deep" | "shallow" | "own";
  /** @throws EvaluationError for arguments that Terraform refuses. */
  readonly run: (args: readonly Evaluated[], scope: Scope) => Evaluated;
}

export type FunctionTable = Readonly<Record<string, Func>>;

type Run = Func["run"];

/** A function of values that are known throughout. */
export function deep(params: readonly Type[], run: Run, rest?: Type): Func {
  return { params, run, unknowns: "deep", ...(rest !== undefined && { rest }) };
}

/** A function that looks at the shape of its arguments, and hands on what stands in them. */
export function shallow(params: readonly Type[], run: Run, rest?: Type): Func {
  return { params, run, unknowns: "shallow", ...(rest !== undefined && { rest }) };
}

/** A function that takes anything. */
export function own(params: readonly Type[], run: Run, rest?: Type): Func {
  return { params, run, unknowns: "own", takesNull: true, ...(rest !== undefined && { rest }) };
}

export const STRINGS: Type = { kind: "list", element: "string" };
export const NUMBERS: Type = { kind: "list", element: "number" };
export const ANY_LIST: Type = { kind: "list", element: "any" };
export const ANY_SET: Type = { kind: "set", element: "any" };

/** The text that an argument is, by its declared type. */
export function textArg(value: Evaluated | undefined): string {
  if (value?.kind === "string") return value.value;
  if (value?.kind === "number") return formatBigFloat(value.value);
  throw new EvaluationError("string required");
}

export function numberArg(value: Evaluated | undefined): BigFloat {
  if (value?.kind === "number") return value.value;
  throw new EvaluationError("number required");
}

/** A machine number. */
export function floatArg(value: Evaluated | undefined): number {
  return toNumber(numberArg(value));
}

/** A whole number that a machine can count to. */
export function countArg(value: Evaluated | undefined): number {
  const whole = toInteger(numberArg(value));
  if (whole === undefined) throw new EvaluationError("a whole number is required");
  return Number(whole);
}

export function boolArg(value: Evaluated | undefined): boolean {
  if (value?.kind === "bool") return value.value;
  throw new EvaluationError("bool required");
}

/** Items of a list, a set or a tuple. */
export function itemsArg(value: Evaluated | undefined): readonly Evaluated[] {
  if (value !== undefined && isCollection(value)) return value.items;
  throw new EvaluationError("a list, set or tuple is required");
}

/** Entries of a map or an object. */
export function entriesArg(value: Evaluated | undefined): ReadonlyMap<string, Evaluated> {
  if (value !== undefined && isKeyed(value)) return value.entries;
  throw new EvaluationError("a map or object is required");
}

/** Type of the items of a list or set, and of the values of a map. */
export function elementOfType(value: Evaluated | undefined): Type {
  return value?.kind === "list" || value?.kind === "set" || value?.kind === "map" ? value.element : "any";
}

export function textsArg(value: Evaluated | undefined): string[] {
  return itemsArg(value).map((item) => textArg(item));
}
