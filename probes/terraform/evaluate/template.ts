import type { Expression } from "../syntax/syntax.ts";
import { convert } from "./convert.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { text, unknownAt } from "./evaluated.ts";
import type { Evaluated, UnknownEvaluated } from "./evaluated.ts";
import { forEachItem } from "./iteration.ts";
import { bind } from "./scope.ts";
import type { Evaluate, Scope } from "./scope.ts";

type Part = string | UnknownEvaluated;
type Kinded<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;

/** A text of several parts. @throws EvaluationError for a part that is null or no text. */
export function template(expression: Kinded<"template">, scope: Scope, evaluate: Evaluate): Evaluated {
  return joined(
    expression.parts.flatMap((part) => partsOf(evaluate(part, scope), part)),
    scope,
  );
}

/** `%{ if }`. */
export function templateIf(expression: Kinded<"template-if">, scope: Scope, evaluate: Evaluate): Evaluated {
  const condition = convert(evaluate(expression.condition, scope), "bool");
  if (condition.kind === "null") throw new EvaluationError("the condition of a directive must not be null");
  const open = unknownAt(condition);
  const branch = (chosen: Expression | undefined): Evaluated =>
    chosen === undefined ? text("") : joined(partsOf(evaluate(chosen, scope), chosen), scope);
  if (condition.kind === "bool") return branch(condition.value ? expression.yes : expression.no);
  const yes = branch(expression.yes);
  const no = branch(expression.no);
  if (yes.kind === "string" && no.kind === "string" && yes.value === no.value) return yes;
  return { kind: "template", parts: [{ ...open!, type: "string", origin: undefined }] };
}

/** `%{ for }`. */
export function templateFor(expression: Kinded<"template-for">, scope: Scope, evaluate: Evaluate): Evaluated {
  const { over, key, item, body } = expression;
  const items = forEachItem(evaluate(over, scope));
  if (!Array.isArray(items)) return { kind: "template", parts: [{ ...items, type: "string", origin: undefined }] };
  scope.run.budget.items(items.length);
  const parts = items.flatMap(([itemKey, value]) => {
    const inner = bind(key === undefined ? scope : bind(scope, key, itemKey), item, value);
    return partsOf(evaluate(body, inner), body);
  });
  return joined(parts, scope);
}

/** What a value puts into a text. */
export function partsOf(value: Evaluated, written?: Expression): readonly Part[] {
  if (value.kind === "template") return value.parts;
  if (value.kind === "unknown")
    return [{ ...value, expression: value.expression ?? written?.text, type: "string", origin: value.origin }];
  if (value.kind === "null") throw new EvaluationError("a null value cannot be included in a text");
  if (value.kind !== "string" && value.kind !== "number" && value.kind !== "bool")
    throw new EvaluationError(`a ${value.kind} cannot be included in a text: string required`);
  const converted = convert(value, "string");
  return converted.kind === "string" ? [converted.value] : [];
}

/** A text from parts, with neighbouring known ones put together. */
export function joined(parts: readonly Part[], { run }: Pick<Scope, "run">): Evaluated {
  run.budget.text(parts.reduce((sum, part) => sum + (typeof part === "string" ? part.length : 1), 0));
  const merged: Part[] = [];
  let known: string[] = [];
  const flush = (): void => {
    const all = known.join("");
    if (all !== "") merged.push(all);
    known = [];
  };
  for (const part of parts) {
    if (typeof part === "string") known.push(part);
    else {
      flush();
      merged.push(part);
    }
  }
  flush();
  if (merged.every((part) => typeof part === "string")) return text(merged.join(""));
  return { kind: "template", parts: merged };
}
