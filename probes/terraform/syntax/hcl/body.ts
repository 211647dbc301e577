import type { Attribute, Block, Body, Comment, Place } from "../syntax.ts";
import type { Cursor } from "./cursor.ts";
import { refuseDeep } from "./depth.ts";
import { readExpression } from "./expression.ts";
import { textValue } from "./text.ts";
import type { Token } from "./token.ts";

const REQUIRED = "Argument or block definition required; An argument or block definition is required here.";
const REQUIRED_VALUE = `${REQUIRED} To set an argument, use the equals sign "=" to introduce the argument value.`;

/**
 * Reads a body up to its closing brace, or a file up to its end.
 * @throws ConfigurationError with HCL's wording, where the first thing stands that does not fit.
 */
export function readBody(cursor: Cursor, closedBy: "}" | "end", at: Place): Body {
  const items: (Attribute | Block)[] = [];
  const comments: Comment[] = [];
  const seen = new Map<string, Place>();
  while (!cursor.is(closedBy)) {
    if (cursor.is("newline")) cursor.read();
    else {
      takeComments(cursor, cursor.peek().start, comments);
      items.push(refuseSecond(cursor, seen, readItem(cursor)));
    }
  }
  takeComments(cursor, cursor.read().end, comments);
  return { items, at, comments };
}

function refuseSecond(cursor: Cursor, seen: Map<string, Place>, item: Attribute | Block): Attribute | Block {
  if (item.kind === "block") return item;
  const first = seen.get(item.name);
  if (first !== undefined) cursor.failAt(redefined(item.name, first), item.at);
  seen.set(item.name, item.at);
  return item;
}

function redefined(name: string, first: Place): string {
  return `Attribute redefined; The argument "${name}" was already set at ${first.file}:${first.line}:${first.column}. Each argument may be set only once.`;
}

function readItem(cursor: Cursor): Attribute | Block {
  if (cursor.is("open-quote")) cursor.fail("Invalid argument name; Argument names must not be quoted.");
  if (cursor.is("end"))
    cursor.fail(
      "Unclosed configuration block; There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.",
    );
  const name = cursor.expect("name", REQUIRED);
  if (cursor.is("=")) return readAttribute(cursor, name);
  if (!cursor.is("open-quote", "{", "name")) cursor.fail(REQUIRED_VALUE, name.start);
  return readBlock(cursor, name);
}

function readAttribute(cursor: Cursor, name: Token): Attribute {
  const attribute = readAssignment(cursor, name);
  if (cursor.is(","))
    cursor.fail(
      "Unexpected comma after argument; Argument definitions must be separated by newlines, not commas. An argument definition must end with a newline.",
    );
  if (!cursor.is("newline", "end"))
    cursor.fail("Missing newline after argument; An argument definition must end with a newline.");
  return attribute;
}

function readAssignment(cursor: Cursor, name: Token): Attribute {
  cursor.read();
  const value = refuseDeep(cursor, readExpression(cursor));
  return { kind: "attribute", name: cursor.textOf(name), value, at: cursor.place(name.start) };
}

function readBlock(cursor: Cursor, type: Token): Block {
  const labels: string[] = [];
  while (!cursor.is("{")) labels.push(readLabel(cursor));
  const at = cursor.place(type.start);
  const open = cursor.read();
  const body = cursor.deeper(() =>
    cursor.is("newline", "end", "}")
      ? readBody(cursor, "}", cursor.place(open.start))
      : readOneLine(cursor, cursor.place(open.start)),
  );
  if (!cursor.is("newline", "end"))
    cursor.fail("Missing newline after block definition; A block definition must end with a newline.");
  return { kind: "block", type: cursor.textOf(type), labels, body, at };
}

function readLabel(cursor: Cursor): string {
  if (cursor.is("name")) return cursor.textOf(cursor.read());
  if (cursor.is("="))
    cursor.fail(
      'Invalid block definition; The equals sign "=" indicates an argument definition, and must not be used when defining a block.',
    );
  if (cursor.is("newline"))
    cursor.fail(
      'Invalid block definition; A block definition must have block content delimited by "{" and "}", starting on the same line as the block header.',
    );
  cursor.expect(
    "open-quote",
    'Invalid block definition; Either a quoted string block label or an opening brace ("{") is expected here.',
  );
  let label = "";
  while (cursor.is("quoted-text")) label += textValue(cursor, cursor.read());
  if (cursor.is("open-interpolation", "open-directive")) {
    const mark = cursor.is("open-interpolation") ? "$" : "%";
    cursor.fail(
      `Invalid string literal; Template sequences are not allowed in this string. To include a literal "${mark}", double it (as "${mark}${mark}") to escape it.`,
    );
  }
  cursor.expect(
    "close-quote",
    "Unterminated string literal; Unable to find the closing quote mark before the end of the file.",
  );
  return label;
}

/** `type { name = value }`: one argument, all on one line. */
function readOneLine(cursor: Cursor, at: Place): Body {
  const comments: Comment[] = [];
  const name = cursor.expect("name", REQUIRED);
  const text = cursor.textOf(name);
  if (cursor.is("open-quote", "{", "name"))
    cursor.fail(
      `Argument definition required; A single-line block definition can contain only a single argument. If you meant to define argument "${text}", use an equals sign to assign it a value. To define a nested block, place it on a line of its own within its parent block.`,
      name.start,
    );
  if (!cursor.is("=")) cursor.fail(REQUIRED_VALUE, name.start);
  const attribute = readAssignment(cursor, name);
  if (!cursor.is("}")) refuseOneLine(cursor);
  takeComments(cursor, cursor.read().end, comments);
  return { items: [attribute], at, comments };
}

function refuseOneLine(cursor: Cursor): never {
  if (cursor.is(","))
    cursor.fail(
      "Invalid single-argument block definition; Single-line block syntax can include only one argument definition. To define multiple arguments, use the multi-line block syntax with one argument definition per line.",
    );
  if (cursor.is("newline"))
    cursor.fail(
      "Invalid single-argument block definition; An argument definition on the same line as its containing block creates a single-line block definition, which must also be closed on the same line. Place the block's closing brace immediately after the argument definition.",
    );
  cursor.fail(
    "Invalid single-argument block definition; A single-line block definition must end with a closing brace immediately after its single argument definition.",
  );
}

/** Adds the comments that begin before an offset and stand in no other body. */
function takeComments(cursor: Cursor, before: number, comments: Comment[]): void {
  for (const { start, end } of cursor.takeComments(before)) {
    const written = cursor.text.slice(start, end);
    const text = written.startsWith("/*") ? written.slice(2, -2) : written.replace(/^(?:#|\/\/)/, "");
    comments.push({ text: text.trim(), at: cursor.place(start) });
  }
}
