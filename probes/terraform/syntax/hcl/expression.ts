import type { Expression } from "../syntax.ts";
import { readCollection } from "./collection.ts";
import type { Cursor } from "./cursor.ts";
import { readTemplate } from "./template.ts";
import type { Token, TokenType } from "./token.ts";

type Binary = Extract<Expression, { kind: "binary" }>["operator"];

/** From what binds least to what binds most; all of them take the left side first. */
const LEVELS: readonly (readonly Binary[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  [">", ">=", "<", "<="],
  ["+", "-"],
  ["*", "/", "%"],
];
const LEVEL_OF = new Map<TokenType, number>(LEVELS.flatMap((marks, level) => marks.map((mark) => [mark, level])));

const KEYWORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/**
 * Reads one expression as HCL's own parser does.
 * @throws ConfigurationError with HCL's wording, where the first thing stands that does not fit.
 */
export function readExpression(cursor: Cursor): Expression {
  return cursor.deeper(() => {
    const start = cursor.peek().start;
    const condition = readBinary(cursor, 0);
    if (!cursor.is("?")) return condition;
    cursor.read();
    const yes = readExpression(cursor);
    cursor.expect(
      ":",
      "Missing false expression in conditional; The conditional operator (...?...:...) requires a false expression, delimited by a colon.",
    );
    const no = readExpression(cursor);
    return { kind: "conditional", condition, yes, no, ...written(cursor, start) };
  });
}

function readBinary(cursor: Cursor, weakest: number): Expression {
  const start = cursor.peek().start;
  let left = readOperand(cursor);
  for (let steps = 1; ; steps += 1) {
    const level = LEVEL_OF.get(cursor.peek().type);
    if (level === undefined || level < weakest) return left;
    cursor.refuseDepth(steps);
    const operator = cursor.read().type as Binary;
    const right = cursor.deeper(() => readBinary(cursor, level + 1));
    left = { kind: "binary", operator, left, right, ...written(cursor, start) };
  }
}

function readOperand(cursor: Cursor): Expression {
  const start = cursor.peek().start;
  return readSteps(cursor, readTerm(cursor), start);
}

function readTerm(cursor: Cursor): Expression {
  const { type, start } = cursor.peek();
  if (type === "name") return readName(cursor);
  if (type === "open-quote" || type === "open-heredoc") return readText(cursor);
  if (type === "number") return readNumber(cursor);
  if (type === "[" || type === "{") return readCollection(cursor, () => readExpression(cursor));
  if (type === "(") return readParentheses(cursor);
  if (type !== "-" && type !== "!")
    cursor.fail("Invalid expression; Expected the start of an expression, but found an invalid expression token.");
  cursor.read();
  const operand = cursor.deeper(() => readOperand(cursor));
  return { kind: "unary", operator: type, operand, ...written(cursor, start) };
}

function readParentheses(cursor: Cursor): Expression {
  cursor.read();
  return cursor.within(false, () => {
    const inner = readExpression(cursor);
    cursor.expect(")", "Unbalanced parentheses; Expected a closing parenthesis to terminate the expression.");
    return inner;
  });
}

function readNumber(cursor: Cursor): Expression {
  const token = cursor.read();
  return { kind: "literal", value: numberValue(cursor, token), ...written(cursor, token.start) };
}

function numberValue(cursor: Cursor, token: Token): number {
  const value = Number(cursor.textOf(token));
  if (Number.isNaN(value))
    cursor.fail("Invalid number literal; Failed to recognize the value of this number literal.", token.start);
  return value;
}

function readText(cursor: Cursor): Expression {
  const open = cursor.read();
  const isQuoted = open.type === "open-quote";
  const closedBy = isQuoted ? "close-quote" : "close-heredoc";
  const indented = !isQuoted && cursor.textOf(open).startsWith("<<-");
  return readTemplate(cursor, { start: open.start, closedBy, indented }, () => readExpression(cursor));
}

function readName(cursor: Cursor): Expression {
  const token = cursor.read();
  if (cursor.is("(", "::")) return readCall(cursor, token);
  const name = cursor.textOf(token);
  const keyword = KEYWORDS.get(name);
  return keyword === undefined
    ? { kind: "name", name, ...written(cursor, token.start) }
    : { kind: "literal", value: keyword, ...written(cursor, token.start) };
}

function readCall(cursor: Cursor, first: Token): Expression {
  let name = cursor.textOf(first);
  while (cursor.is("::")) {
    cursor.read();
    const next = cursor.expect(
      "name",
      "Missing function name; Function scope resolution symbol :: must be followed by a function name in this scope.",
    );
    name += `::${cursor.textOf(next)}`;
  }
  cursor.expect(
    "(",
    "Missing open parenthesis; Function selector must be followed by an open parenthesis to begin the function call.",
  );
  const { args, expands } = cursor.within(false, () => readArguments(cursor));
  return { kind: "call", name, args, expands, ...written(cursor, first.start) };
}

function readArguments(cursor: Cursor): { args: Expression[]; expands: boolean } {
  const args: Expression[] = [];
  for (;;) {
    if (cursor.is(")")) break;
    args.push(readExpression(cursor));
    if (cursor.is(")")) break;
    if (cursor.is("...")) {
      cursor.read();
      cursor.expect(
        ")",
        "Missing closing parenthesis; An expanded function argument (with ...) must be immediately followed by closing parentheses.",
      );
      return { args, expands: true };
    }
    cursor.expect(
      ",",
      "Missing argument separator; A comma is required to separate each function argument from the next.",
    );
  }
  cursor.read();
  return { args, expands: false };
}

/** Steps that follow a term: `.name`, `[key]`, `.0`, and the two splats. */
function readSteps(cursor: Cursor, from: Expression, start: number): Expression {
  let result = from;
  for (let steps = 1; ; steps += 1) {
    if (!cursor.is(".", "[")) return result;
    cursor.refuseDepth(steps);
    const open = cursor.read();
    if (open.type === ".") result = readDotStep(cursor, result, start);
    else if (cursor.is("*")) return readFullSplat(cursor, result, { start, open: open.start });
    else {
      const key = cursor.within(false, () => {
        const inner = readExpression(cursor);
        cursor.expect("]", 'Missing close bracket on index; The index operator must end with a closing bracket ("]").');
        return inner;
      });
      result = { kind: "index", of: result, key, ...written(cursor, start) };
    }
  }
}

const NAME_AFTER_DOT = "Invalid attribute name; An attribute name is required after a dot.";

function readDotStep(cursor: Cursor, of: Expression, start: number): Expression {
  if (cursor.is("name")) {
    const name = cursor.textOf(cursor.read());
    return { kind: "attribute", of, name, ...written(cursor, start) };
  }
  if (cursor.is("number")) return readLegacyIndex(cursor, of, start);
  cursor.expect("*", NAME_AFTER_DOT);
  const item = cursor.end;
  let each: Expression = { kind: "each-item", ...written(cursor, item - 2) };
  for (let steps = 1; cursor.is("."); steps += 1) {
    cursor.refuseDepth(steps);
    cursor.read();
    if (cursor.is("number")) each = readLegacyIndex(cursor, each, item);
    else {
      if (cursor.is("*"))
        cursor.fail(
          "Nested splat expression not allowed; A splat expression (*) cannot be used inside another attribute-only splat expression.",
        );
      const name = cursor.textOf(cursor.expect("name", NAME_AFTER_DOT));
      each = { kind: "attribute", of: each, name, ...written(cursor, item) };
    }
  }
  return { kind: "splat", of, each, full: false, ...written(cursor, start) };
}

function readLegacyIndex(cursor: Cursor, of: Expression, start: number): Expression {
  const token = cursor.peek();
  const [first, second] = cursor.textOf(token).split(".");
  if (second !== undefined)
    cursor.fail(
      `Invalid legacy index syntax; When using the legacy index syntax, chaining two indexes together is not permitted. Use the proper index syntax instead, like [${first!}][${second}].`,
    );
  return { kind: "index", of, key: readNumber(cursor), ...written(cursor, start) };
}

/** `[*]` takes all steps that follow for each item. */
function readFullSplat(
  cursor: Cursor,
  of: Expression,
  { start, open }: { readonly start: number; readonly open: number },
): Expression {
  cursor.read();
  cursor.expect(
    "]",
    'Missing close bracket on splat index; The star for a full splat operator must be immediately followed by a closing bracket ("]").',
  );
  const item: Expression = { kind: "each-item", ...written(cursor, open) };
  const each = cursor.deeper(() => readSteps(cursor, item, cursor.end));
  return { kind: "splat", of, each, full: true, ...written(cursor, start) };
}

/** Where something stands that begins at an offset and ends with the last token read. */
function written(cursor: Cursor, start: number): { at: ReturnType<Cursor["at"]>; text: string } {
  return { at: cursor.place(start), text: cursor.text.slice(start, cursor.end) };
}
