import { ConfigurationError } from "../configuration-error.ts";
import type { PlaceOf } from "./place.ts";

/** Deepest nesting of JSON that is read. */
const MAX_DEPTH = 500;

/**
 * Before anything that calls itself for each level looks at the text.
 * @throws ConfigurationError where it is nested deeper than is read
 */
export function refuseDepth(text: string, place: PlaceOf): void {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '"') isText = !isText;
    else if (isText) at += character === "\\" ? 1 : 0;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    if (depth > MAX_DEPTH)
      throw new ConfigurationError(`is nested more than ${MAX_DEPTH} deep here; no deeper is read`, place(at));
  }
}
