import type { Block, Expression } from "../syntax/syntax.ts";
import { attributeIn } from "./body-items.ts";
import { evaluate } from "./evaluate.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { unknown } from "./evaluated.ts";
import type { Evaluated } from "./evaluated.ts";
import type { Scope } from "./scope.ts";
import { constrained, typeConstraint } from "./type-constraint.ts";
import type { Constraint } from "./type-constraint.ts";

interface Inputs {
  readonly given: (name: string) => Evaluated | undefined;
  readonly isRoot: boolean;
}

/** The declared type of a variable; undefined where none is declared. @throws EvaluationError for what is no type. */
export function constraintOf({ body }: Block, scope: Scope): Constraint | undefined {
  const written = attributeIn(body.items, "type")?.value;
  return written === undefined
    ? undefined
    : typeConstraint(written, (expression: Expression) => evaluate(expression, scope));
}

/** Whether a value is to be kept from whoever reads, or does not outlive the run. */
export function isSecret({ body }: Block): boolean {
  return ["sensitive", "ephemeral"].some((name) => {
    const written = attributeIn(body.items, name)?.value;
    return written !== undefined && !(written.kind === "literal" && written.value === false);
  });
}

/**
 * The value of a variable: what is given for it, else its default, as its type has it. A variable of the root module
 * without either is not known, and neither is a secret: what is said holds whatever it is. A called module must be given one.
 * @throws EvaluationError for a value of another type.
 */
export function variableValue(block: Block, { given, isRoot }: Inputs, scope: Scope): Evaluated {
  const [name = ""] = block.labels;
  const constraint = constraintOf(block, scope);
  const fallback = attributeIn(block.body.items, "default")?.value;
  const nullable = attributeIn(block.body.items, "nullable")?.value;
  const takesNull = !(nullable?.kind === "literal" && nullable.value === false);
  if (isRoot && isSecret(block)) return unknown(`variable ${name} is a secret`, `var.${name}`);
  const value = given(name);
  const isGiven = value !== undefined && (value.kind !== "null" || takesNull);
  if (!isGiven && fallback === undefined) {
    if (value !== undefined) throw new EvaluationError(`variable ${name} must not be null`);
    if (!isRoot) scope.run.problem(`variable ${name} is not given, and has no default`, block.at, scope.address);
    return unknown(`variable ${name} has no value`, `var.${name}`);
  }
  const found = isGiven ? value : evaluate(fallback!, scope);
  try {
    return constraint === undefined ? found : constrained(found, constraint);
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    throw new EvaluationError(`variable ${name} cannot have this value: ${cause.message}`);
  }
}
