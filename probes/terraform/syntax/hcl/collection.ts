import type { Expression, ObjectEntry } from "../syntax.ts";
import type { Cursor } from "./cursor.ts";
import { readForNames } from "./template.ts";

/**
 * Reads what stands in brackets or braces: a tuple, an object, or a `for` over one. The caller hands in how an expression
 * is read.
 */
export function readCollection(cursor: Cursor, expression: () => Expression): Expression {
  const open = cursor.read();
  const isObject = open.type === "{";
  const isFor = cursor.within(false, () => cursor.isWord("for"));
  const read = cursor.within(isObject && !isFor, () => {
    if (isFor) return readFor(cursor, isObject, expression);
    return isObject
      ? ({ kind: "object", entries: readEntries(cursor, expression) } as const)
      : ({ kind: "tuple", items: readItems(cursor, expression) } as const);
  });
  return { ...read, at: cursor.place(open.start), text: cursor.text.slice(open.start, cursor.end) };
}

function readItems(cursor: Cursor, expression: () => Expression): Expression[] {
  const items: Expression[] = [];
  for (;;) {
    if (cursor.is("]")) break;
    items.push(expression());
    if (cursor.is("]")) break;
    cursor.expect(",", "Missing item separator; Expected a comma to mark the beginning of the next item.");
  }
  cursor.read();
  return items;
}

/** Entries end with a comma or a newline. */
function readEntries(cursor: Cursor, expression: () => Expression): ObjectEntry[] {
  const entries: ObjectEntry[] = [];
  for (;;) {
    while (cursor.is("newline")) cursor.read();
    if (cursor.is("}")) break;
    const key = readKey(cursor, expression);
    if (!cursor.is("=", ":")) refuseKey(cursor);
    cursor.read();
    entries.push({ key, value: expression() });
    if (cursor.is("}")) break;
    if (!cursor.is(",", "newline"))
      cursor.fail(
        "Missing attribute separator; Expected a newline or comma to mark the beginning of the next attribute.",
      );
    cursor.read();
  }
  cursor.read();
  return entries;
}

/** A bare name is a text, and so are `true`, `false` and `null`. */
function readKey(cursor: Cursor, expression: () => Expression): Expression {
  const first = cursor.peek();
  const key = expression();
  const isBare = first.type === "name" && key.text === cursor.textOf(first);
  return isBare ? { kind: "literal", value: key.text, at: key.at, text: key.text } : key;
}

function refuseKey(cursor: Cursor): never {
  if (cursor.is("newline", ","))
    cursor.fail('Missing attribute value; Expected an attribute value, introduced by an equals sign ("=").');
  cursor.fail(
    'Missing key/value separator; Expected an equals sign ("=") to mark the beginning of the attribute value.',
  );
}

type ForHead = Omit<Extract<Expression, { kind: "for" }>, "at" | "text">;

function readFor(cursor: Cursor, isObject: boolean, expression: () => Expression): ForHead {
  const invalid = (detail: string): string => `Invalid 'for' expression; ${detail}`;
  cursor.read();
  const names = readForNames(cursor, "expression");
  const over = expression();
  cursor.expect(":", invalid("For expression requires a colon after the collection expression."));
  const first = expression();
  let second: Expression | undefined;
  if (cursor.is("=>")) {
    if (!isObject) cursor.fail(invalid("Key expression is not valid when building a tuple."));
    cursor.read();
    second = expression();
  } else if (isObject) cursor.fail(invalid("Key expression is required when building an object."));
  const groups = cursor.is("...");
  if (groups && !isObject) cursor.fail(invalid("Grouping ellipsis (...) cannot be used when building a tuple."));
  if (groups) cursor.read();
  const hasCondition = cursor.isWord("if");
  if (hasCondition) cursor.read();
  const condition = hasCondition ? expression() : undefined;
  cursor.expect(isObject ? "}" : "]", invalid("Extra characters after the end of the 'for' expression."));
  const [keyOf, valueOf] = second === undefined ? [undefined, first] : [first, second];
  return { kind: "for", ...names, over, keyOf, valueOf, groups, condition };
}
