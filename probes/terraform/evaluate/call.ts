import type { Expression } from "../syntax/syntax.ts";
import { convert } from "./convert.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { bool, isCollection, unknown, unknownAt, unknownIn } from "./evaluated.ts";
import type { Evaluated, UnknownEvaluated } from "./evaluated.ts";
import type { Func } from "./functions/function.ts";
import { FUNCTIONS } from "./functions/table.ts";
import { rendered } from "./rendered-template.ts";
import type { Evaluate, Scope } from "./scope.ts";

type Call = Extract<Expression, { kind: "call" }>;

/** A call. @throws EvaluationError for arguments that Terraform refuses. */
export function call(expression: Call, scope: Scope, evaluate: Evaluate): Evaluated {
  const name = expression.name.replace(/^core::/, "");
  if (name === "try" && !expression.expands) return attemptAll(expression, scope, evaluate);
  if (name === "can" && expression.args.length === 1) return can(expression.args[0]!, scope, evaluate);
  if (name === "templatestring" && expression.args[0]?.kind === "literal")
    throw new EvaluationError("templatestring: is for templates from elsewhere, and takes no literal template");
  const args = argumentsOf(expression, scope, evaluate);
  if (args === undefined || !Array.isArray(args)) return { ...args, type: "any", origin: undefined };
  if (name === "templatefile" || name === "templatestring") return rendered(name, args, scope, evaluate);
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (found === undefined) return notKnown(expression, scope);
  try {
    return apply(found, args, scope);
  } catch (cause) {
    if (cause instanceof EvaluationError && cause.at === undefined)
      throw new EvaluationError(`${name}: ${cause.message}`);
    throw cause;
  }
}

/** The first argument that has a value, or whether one would have, is not known. */
function attemptAll({ args }: Call, scope: Scope, evaluate: Evaluate): Evaluated {
  const refused: string[] = [];
  for (const arg of args) {
    try {
      return evaluate(arg, scope);
    } catch (cause) {
      if (!(cause instanceof EvaluationError)) throw cause;
      refused.push(cause.message);
    }
  }
  throw new EvaluationError(`try: no argument has a value (${refused.join("; ")})`);
}

function can(arg: Expression, scope: Scope, evaluate: Evaluate): Evaluated {
  try {
    const open = unknownIn(evaluate(arg, scope));
    return open === undefined ? bool(true) : { ...open, type: "bool", origin: undefined };
  } catch (cause) {
    if (cause instanceof EvaluationError) return bool(false);
    throw cause;
  }
}

function argumentsOf({ args, expands }: Call, scope: Scope, evaluate: Evaluate): Evaluated[] | UnknownEvaluated {
  const values = args.map((arg) => evaluate(arg, scope));
  if (!expands) return values;
  const last = values.pop();
  const open = last === undefined ? undefined : unknownAt(last);
  if (open !== undefined) return open;
  if (last === undefined || !isCollection(last))
    throw new EvaluationError("the argument before ... must be a list, a tuple or a set");
  return [...values, ...last.items];
}

function notKnown({ name, text, at }: Call, scope: Scope): Evaluated {
  // Providers bring functions of their own, under this name.
  if (name.startsWith("provider::")) return unknown(`calls ${name}, a function of a provider`, text);
  scope.run.problem(`there is no function named ${name}`, at, scope.address);
  return unknown(`calls ${name}, which is no function that is known`, text);
}

function apply({ params, rest, takesNull, unknowns, run }: Func, args: readonly Evaluated[], scope: Scope): Evaluated {
  if (args.length < params.length || (rest === undefined && args.length > params.length))
    throw new EvaluationError(
      `takes ${params.length}${rest === undefined ? "" : " or more"} arguments, and has ${args.length}`,
    );
  const converted = args.map((arg, index) => {
    if (arg.kind === "null" && takesNull !== true) throw new EvaluationError(`argument ${index + 1} must not be null`);
    return convert(arg, params[index] ?? rest ?? "any");
  });
  for (const arg of unknowns === "own" ? [] : converted) {
    const open = unknowns === "deep" ? unknownIn(arg) : unknownAt(arg);
    if (open !== undefined) return { ...open, type: "any", origin: undefined };
  }
  return run(converted, scope);
}
