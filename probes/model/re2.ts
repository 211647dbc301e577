import { translate } from "../terraform/evaluate/functions/re2.ts";

/** An expression of the edge's own syntax (RE2) that the whole of a text is held against. */
export interface Expression {
  readonly pattern: RegExp;
  /** Most steps that a text of this length may take. */
  readonly steps: (length: number) => number;
}

/** Most steps of one match: an expression that may take more is not tried, so that none takes time without end. */
const MAX_STEPS = 1e7;

/** Undefined for what this engine does not say in the same way. */
export function wholeExpression(text: string): Expression | undefined {
  const found = translate(text);
  if (typeof found === "string") return undefined;
  const pattern = new RegExp(`^(?:${found.source})$`, found.flags.replace("m", ""));
  // It begins at one place alone.
  return { pattern, steps: (length) => found.steps(length) / (length + 1) };
}

/** The same for a part of a text, wherever it begins. Undefined for what this engine does not say in the same way. */
export function expressionAnywhere(text: string): Expression | undefined {
  const found = translate(text);
  if (typeof found === "string") return undefined;
  return { pattern: new RegExp(found.source, found.flags), steps: found.steps };
}

/** Whether a text matches; undefined where that takes too long to find out. */
export function matches({ pattern, steps }: Expression, text: string): boolean | undefined {
  return steps(text.length) > MAX_STEPS ? undefined : pattern.test(text);
}
