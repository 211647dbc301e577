import type { Expression } from "./syntax.ts";

/** The expressions directly inside an expression, in the order of the text where it has one. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "name":
    case "each-item":
      return [];
    case "template":
      return expression.parts;
    case "template-if":
    case "conditional":
      return given(expression.condition, expression.yes, expression.no);
    case "template-for":
      return [expression.over, expression.body];
    case "attribute":
      return [expression.of];
    case "index":
      return [expression.of, expression.key];
    case "splat":
      return [expression.of, expression.each];
    case "call":
      return expression.args;
    case "unary":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "tuple":
      return expression.items;
    case "object":
      return expression.entries.flatMap(({ key, value }) => [key, value]);
    case "for":
      // eslint-disable-next-line @typescript-eslint/unbound-method -- the node's own property, not Object's method
      return given(expression.over, expression.keyOf, expression.valueOf, expression.condition);
  }
}

/** The first expression found that stands more than so many expressions deep, if any. It needs no stack of its own. */
export function deeperThan(expression: Expression, most: number): Expression | undefined {
  let level: readonly Expression[] = [expression];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return level[0];
    level = level.flatMap(childrenOf);
  }
  return undefined;
}

function given(...expressions: readonly (Expression | undefined)[]): Expression[] {
  return expressions.filter((each) => each !== undefined);
}
