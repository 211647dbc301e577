import type { Expression } from "../syntax.ts";
import type { Cursor } from "./cursor.ts";
import { spaceBefore, trimEnd, trimStart } from "./space.ts";
import { textValue } from "./text.ts";
import type { TokenType } from "./token.ts";

/** A piece of a template: a text, an expression, or one end of a directive. `start` and `end` are offsets. */
type Piece = { readonly start: number; readonly end: number } & (
  { readonly kind: "text"; text: string } | { readonly kind: "expression"; readonly expression: Expression } | Directive
);
type Directive =
  | { readonly kind: "if"; readonly condition: Expression }
  | { readonly kind: "for"; readonly key: string | undefined; readonly item: string; readonly over: Expression }
  | End;
type End = { readonly kind: "else" } | { readonly kind: "endif" } | { readonly kind: "endfor" };

/**
 * Reads a template up to its closing token, which is read too.
 * @param opened where it begins, what ends it, and whether it is a `<<-`, whose lines lose the indentation that they share.
 */
export function readTemplate(
  cursor: Cursor,
  opened: { readonly start: number; readonly closedBy: TokenType; readonly indented: boolean },
  expression: () => Expression,
): Expression {
  const read = readPieces(cursor, opened, expression);
  if (opened.indented) removeIndentation(read);
  const pieces = joinTexts(read);
  const written = { at: cursor.place(opened.start), text: cursor.text.slice(opened.start, cursor.end) };
  const [first] = pieces;
  // One interpolation and nothing else is that expression, whatever its type.
  if (first?.kind === "expression" && pieces.length === 1) return first.expression;
  const parts = new Assembly(cursor, pieces).parts();
  if (parts.length === 0) return { kind: "literal", value: "", ...written };
  const [only] = parts;
  if (parts.length === 1 && only!.kind === "literal" && pieces.every(({ kind }) => kind === "text"))
    return { kind: "literal", value: only!.value, ...written };
  return { kind: "template", parts, ...written };
}

function readPieces(
  cursor: Cursor,
  opened: { readonly start: number; readonly closedBy: TokenType },
  expression: () => Expression,
): Piece[] {
  const pieces: Piece[] = [];
  let trimsNext = false;
  while (!cursor.is(opened.closedBy)) {
    const token = cursor.read();
    if (token.type === "quoted-text" || token.type === "plain-text") {
      const text = textValue(cursor, token);
      pieces.push({ kind: "text", text: trimsNext ? trimStart(text) : text, start: token.start, end: token.end });
      trimsNext = false;
      continue;
    }
    if (token.type !== "open-interpolation" && token.type !== "open-directive")
      cursor.fail("Unterminated template string; No closing marker was found for the string.", token.start);
    const before = pieces.at(-1);
    if (cursor.textOf(token).endsWith("~") && before?.kind === "text") before.text = trimEnd(before.text);
    const piece = cursor.within(false, () => {
      const read =
        token.type === "open-directive"
          ? readDirective(cursor, expression)
          : ({ kind: "expression", expression: expression() } as const);
      trimsNext = readClosing(cursor, read.kind === "expression" ? "interpolation expression" : `${read.kind} marker`);
      return read;
    });
    pieces.push({ ...piece, start: token.start, end: cursor.end });
  }
  cursor.read();
  return pieces;
}

/** Whether the closing brace asks for white space after it to be removed. */
function readClosing(cursor: Cursor, what: string): boolean {
  if (!cursor.is("close-template")) {
    if (cursor.is("end", "close-quote", "open-quote"))
      cursor.fail(
        "Unclosed template interpolation sequence; There is no closing brace for this interpolation sequence before the end of the template. This might be caused by incorrect nesting inside the given expression.",
      );
    cursor.fail(`Extra characters after ${what}; Expected a closing brace to end it, but found extra characters.`);
  }
  return cursor.textOf(cursor.read()).startsWith("~");
}

function readDirective(cursor: Cursor, expression: () => Expression): Directive {
  const word = cursor.expect(
    "name",
    'Invalid template directive; A template directive keyword ("if", "for", etc) is expected at the beginning of a %{ sequence.',
  );
  const name = cursor.textOf(word);
  if (name === "if") return { kind: "if", condition: expression() };
  if (name === "for") return { kind: "for", ...readForNames(cursor, "directive"), over: expression() };
  if (name === "else" || name === "endif" || name === "endfor") return { kind: name };
  cursor.fail(`Invalid template control keyword; "${name}" is not a valid template control keyword.`, word.start);
}

/** `k, v in`, after `for`. */
export function readForNames(
  cursor: Cursor,
  where: "directive" | "expression",
): { readonly key: string | undefined; readonly item: string } {
  const invalid = (detail: string): string => `Invalid 'for' ${where}; For ${where} requires ${detail}`;
  const first = cursor.textOf(cursor.expect("name", invalid("variable name after 'for'.")));
  let second: string | undefined;
  if (cursor.is(",")) {
    cursor.read();
    second = cursor.textOf(cursor.expect("name", invalid("value variable name after comma.")));
  }
  if (!cursor.isWord("in")) cursor.fail(invalid("the 'in' keyword after its name declarations."));
  cursor.read();
  return second === undefined ? { key: undefined, item: first } : { key: first, item: second };
}

/** As Terraform does: a line that is blank does not count, nor one whose own newline was trimmed away. */
function removeIndentation(pieces: readonly Piece[]): void {
  let fewest = Infinity;
  let atLineStart = true;
  const lines: Extract<Piece, { kind: "text" }>[] = [];
  for (const piece of pieces) {
    if (atLineStart) {
      atLineStart = false;
      if (piece.kind !== "text") fewest = 0;
      else {
        const indentation = spaceBefore(piece.text);
        if (indentation < piece.text.length || !piece.text.endsWith("\n")) {
          fewest = Math.min(fewest, indentation);
          lines.push(piece);
        }
      }
    }
    if (piece.kind === "text" && piece.text.endsWith("\n")) atLineStart = true;
  }
  for (const line of lines) line.text = line.text.slice(fewest);
}

function joinTexts(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  let run: string[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind !== "text") {
      joined.push(piece);
      continue;
    }
    run.push(piece.text);
    if (pieces[index + 1]?.kind === "text") continue;
    const first = pieces[index - run.length + 1]!;
    joined.push({ kind: "text", text: run.join("").normalize("NFC"), start: first.start, end: piece.end });
    run = [];
  }
  return joined;
}

function isEnd(piece: Piece): piece is Extract<Piece, End> {
  return piece.kind === "else" || piece.kind === "endif" || piece.kind === "endfor";
}

/** Puts directives and what stands between them together. */
class Assembly {
  private readonly cursor: Cursor;
  private readonly pieces: readonly Piece[];
  private next = 0;

  constructor(cursor: Cursor, pieces: readonly Piece[]) {
    this.cursor = cursor;
    this.pieces = pieces;
  }

  parts(): Expression[] {
    const parts = this.untilEnd();
    const stray = this.pieces[this.next];
    if (stray !== undefined)
      this.cursor.fail(
        `Unexpected ${stray.kind} directive; The control directives within this template are unbalanced.`,
        stray.start,
      );
    return parts;
  }

  /** Expressions up to a directive that ends something, which is not read. */
  private untilEnd(): Expression[] {
    const parts: Expression[] = [];
    for (let piece = this.pieces[this.next]; piece !== undefined && !isEnd(piece); piece = this.pieces[this.next]) {
      this.next += 1;
      if (piece.kind === "if" || piece.kind === "for") parts.push(this.nested(piece));
      else if (piece.kind === "expression") parts.push(piece.expression);
      else if (piece.text !== "") parts.push(this.literal(piece));
    }
    return parts;
  }

  private nested(open: Extract<Piece, { kind: "if" | "for" }>): Expression {
    return this.cursor.deeper(() => this.directive(open));
  }

  private directive(open: Extract<Piece, { kind: "if" | "for" }>): Expression {
    const body = this.content(open);
    let other: Expression | undefined;
    if (open.kind === "if" && this.pieces[this.next]?.kind === "else") {
      const otherwise = this.pieces[this.next]!;
      this.next += 1;
      other = this.content(otherwise);
    }
    const close = this.pieces[this.next];
    if (close === undefined || close.kind !== `end${open.kind}`) this.refuseEnd(open, close);
    this.next += 1;
    const written = this.written(open.start, close.end);
    return open.kind === "if"
      ? { kind: "template-if", condition: open.condition, yes: body, no: other, ...written }
      : { kind: "template-for", key: open.key, item: open.item, over: open.over, body, ...written };
  }

  private refuseEnd(open: Extract<Piece, { kind: "if" | "for" }>, found: Piece | undefined): never {
    const at = this.cursor.place(open.start);
    if (found === undefined)
      this.cursor.fail(
        `Unexpected end of template; The ${open.kind} directive at ${at.line}:${at.column} is missing its corresponding end${open.kind} directive.`,
        open.start,
      );
    this.cursor.fail(
      `Unexpected ${found.kind} directive; Expecting an end${open.kind} directive for the ${open.kind} started at ${at.line}:${at.column}.`,
      found.start,
    );
  }

  /** What stands between two directives: always a text, even when it is one interpolation. */
  private content(after: Piece): Expression {
    const parts = this.untilEnd();
    const start = after.end;
    const written = this.written(start, this.pieces[this.next]?.start ?? start);
    const [only] = parts;
    if (only === undefined) return { kind: "literal", value: "", ...written };
    return parts.length === 1 && only.kind === "literal" && typeof only.value === "string"
      ? { kind: "literal", value: only.value, ...written }
      : { kind: "template", parts, ...written };
  }

  private literal(piece: Extract<Piece, { kind: "text" }>): Expression {
    return { kind: "literal", value: piece.text, ...this.written(piece.start, piece.end) };
  }

  private written(start: number, end: number): { at: ReturnType<Cursor["at"]>; text: string } {
    return { at: this.cursor.place(start), text: this.cursor.text.slice(start, end) };
  }
}
