import type { Block, Place } from "../syntax/syntax.ts";
import { attributeIn } from "./body-items.ts";
import type { Item } from "./body-items.ts";
import { evaluate } from "./evaluate.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { object } from "./evaluated.ts";
import type { UnknownEvaluated } from "./evaluated.ts";
import { forEachItem } from "./iteration.ts";
import { bind } from "./scope.ts";
import type { Scope } from "./scope.ts";

/** One block that stands in a body, or that a `dynamic` block makes, with what its names mean. */
export interface Occurrence {
  readonly items: readonly Item[];
  readonly at: Place;
  readonly scope: Scope;
}

/** The blocks that a `dynamic` block makes; why not, where they are not known. @throws EvaluationError for a bad one. */
export function expandDynamic(block: Block, scope: Scope): readonly Occurrence[] | UnknownEvaluated {
  const [type = ""] = block.labels;
  const forEach = attributeIn(block.body.items, "for_each");
  const content = block.body.items.find((item): item is Block => item.kind === "block" && item.type === "content");
  if (forEach === undefined || content === undefined)
    throw new EvaluationError(`a dynamic ${type} block needs for_each and content`);
  const iterator = attributeIn(block.body.items, "iterator")?.value;
  const name = iterator?.kind === "name" ? iterator.name : iterator?.kind === "literal" ? String(iterator.value) : type;
  const over = forEachItem(evaluate(forEach.value, scope));
  if (!Array.isArray(over)) return over;
  scope.run.budget.items(over.length);
  return over.map(([key, value]) => ({
    items: content.body.items,
    at: content.at,
    scope: bind(
      scope,
      name,
      object([
        ["key", key],
        ["value", value],
      ]),
    ),
  }));
}
