import { EvaluationError } from "../evaluation-error.ts";
import { list, unknownAt } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";
import { identityOf } from "../identity.ts";
import { STRINGS, itemsArg } from "./function.ts";

/** The texts of a list that are neither null nor empty. @throws EvaluationError for null */
export function compact(items: Evaluated): Evaluated {
  if (items.kind === "null") throw new EvaluationError("argument must not be null");
  const open =
    unknownAt(items) ??
    itemsArg(items)
      .filter((item) => !isSurelyText(item))
      .map(unknownAt)
      .find(Boolean);
  if (open !== undefined) return { ...open, type: STRINGS, origin: undefined };
  return list(
    itemsArg(items).filter((item) => isSurelyText(item) || (item.kind === "string" && item.value !== "")),
    "string",
  );
}

/** A text that is not empty, whatever else of it is not known. */
function isSurelyText(item: Evaluated): boolean {
  return (
    identityOf(item) !== undefined || (item.kind === "template" && item.parts.some((part) => typeof part === "string"))
  );
}
