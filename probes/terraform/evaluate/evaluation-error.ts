import type { Place } from "../syntax/syntax.ts";

/** What Terraform refuses to evaluate: the value has no meaning, and `try` goes on to its next argument. */
export class EvaluationError extends Error {
  /** Where the expression stands, once it is known. */
  at: Place | undefined;

  constructor(message: string) {
    super(message);
    this.name = "EvaluationError";
  }
}
