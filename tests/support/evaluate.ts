import { Budget } from "../../probes/terraform/evaluate/budget.ts";
import { evaluate } from "../../probes/terraform/evaluate/evaluate.ts";
import { unknown, unknownIn } from "../../probes/terraform/evaluate/evaluated.ts";
import type { Evaluated } from "../../probes/terraform/evaluate/evaluated.ts";
import { EvaluationError } from "../../probes/terraform/evaluate/evaluation-error.ts";
import { encodeJson } from "../../probes/terraform/evaluate/functions/json.ts";
import type { Scope } from "../../probes/terraform/evaluate/scope.ts";
import { hclParser } from "../../probes/terraform/syntax/hcl.ts";

/** The value of an expression. `unknown.x` is a value that nobody knows; there are no files. */
export function valueOf(expression: string, problems: string[] = []): Evaluated {
  const open = (root: string, name: string): Evaluated => unknown("is not known", `${root}.${name}`);
  const scope: Scope = {
    run: {
      budget: new Budget(),
      files: { cwd: "/nowhere", read: () => undefined, list: () => [] },
      problem: (reason) => void problems.push(reason),
    },
    module: { resolve: open, data: open },
    bindings: undefined,
    address: "test",
  };
  return evaluate(hclParser.parseExpression(expression, { file: "test.tf", line: 1, column: 1 }), scope);
}

/** The same as JSON, `ERROR` for what Terraform refuses, and the reason for what is not known. */
export function shown(expression: string): string {
  try {
    const value = valueOf(expression);
    const open = unknownIn(value);
    return open === undefined ? encodeJson(value) : `unknown: ${open.reason}`;
  } catch (error) {
    if (error instanceof EvaluationError) return "ERROR";
    throw error;
  }
}
