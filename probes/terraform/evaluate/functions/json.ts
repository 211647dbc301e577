import { parseTree } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import { formatBigFloat, parseBigFloat } from "../big-float.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { NULL, bool, isCollection, isKeyed, number, object, text, tuple } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";

const MAX_DEPTH = 200;

/** JSON as Go writes it: keys in order, no spaces, what HTML would read as its own escaped. */
export function encodeJson(value: Evaluated): string {
  if (value.kind === "string") return encodeText(value.value);
  if (value.kind === "number") return formatBigFloat(value.value);
  if (value.kind === "bool") return String(value.value);
  if (isCollection(value)) return `[${value.items.map(encodeJson).join(",")}]`;
  if (isKeyed(value))
    return `{${[...value.entries].map(([key, each]) => `${encodeText(key)}:${encodeJson(each)}`).join(",")}}`;
  return "null";
}

function encodeText(value: string): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]|\\[bf]/g,
    (found) => `\\u${(found === "\\b" ? 8 : found === "\\f" ? 12 : found.charCodeAt(0)).toString(16).padStart(4, "0")}`,
  );
}

/** @throws EvaluationError for what is not JSON. */
export function decodeJson(written: string): Evaluated {
  if (nesting(written) > MAX_DEPTH) throw new EvaluationError(`is nested more than ${MAX_DEPTH} deep`);
  const errors: ParseError[] = [];
  const root = parseTree(written, errors, { disallowComments: true });
  if (root === undefined || errors.length > 0) throw new EvaluationError("is not valid JSON");
  return decoded(root, written);
}

function nesting(written: string): number {
  let depth = 0;
  let most = 0;
  for (const [found] of written.matchAll(/[[\]{}]|"(?:[^"\\]|\\[^])*"?/g)) {
    if (found === "{" || found === "[") depth += 1;
    else if (found === "}" || found === "]") depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}

function decoded(node: Node, written: string): Evaluated {
  if (node.type === "array") return tuple((node.children ?? []).map((each) => decoded(each, written)));
  if (node.type === "object")
    return object(
      (node.children ?? []).map(({ children }): [string, Evaluated] => [
        String(children![0]!.value),
        decoded(children![1]!, written),
      ]),
    );
  if (node.type === "string") return text(String(node.value));
  if (node.type === "boolean") return bool(node.value === true);
  if (node.type !== "number") return NULL;
  const value = parseBigFloat(written.slice(node.offset, node.offset + node.length));
  if (value === undefined) throw new EvaluationError("holds a number that is too large");
  return number(value);
}
