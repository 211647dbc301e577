import { ConfigurationError } from "../../configuration-error.ts";
import type { PlaceOf } from "../place.ts";
import { trimEnd, trimStart } from "./space.ts";
import { MARKS } from "./token.ts";
import type { Scanned, Token, TokenType } from "./token.ts";

/** What surrounds the place that is read: code, with the braces open in it, a text in quotes, a heredoc, a bare template. */
type Mode =
  | { readonly kind: "code"; braces: number }
  | { readonly kind: "quotes" }
  | { readonly kind: "bare" }
  | { readonly kind: "heredoc"; readonly mark: string; atLineStart: boolean };

const NAME = /[\p{ID_Start}_][\p{ID_Continue}\-]*/uy;
// Digits and dots are one number, right or wrong: `0.1.2` is refused and not taken for steps.
const NUMBER = /[0-9](?:(?:[0-9.]|[eE][+-]?[0-9])*(?:[0-9]|[eE][+-]?[0-9]))?/y;
const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}\-]*)\r?\n/uy;
const ONE_MARK = new Set<string>(MARKS.filter((mark) => mark.length === 1));
const TWO_MARKS = new Set<string>(MARKS.filter((mark) => mark.length === 2));

/**
 * The tokens of a text, without white space and comments. Modes stand on a stack of their own, so that no nesting is too
 * deep for it.
 * @throws ConfigurationError for a character that the language does not have, where it stands.
 */
export function scan(text: string, kind: "file" | "template", place: PlaceOf): Scanned {
  const scanner = new Scanner(text, place);
  return scanner.run(kind === "file" ? { kind: "code", braces: 0 } : { kind: "bare" });
}

class Scanner {
  private readonly tokens: Token[] = [];
  private readonly comments: { start: number; end: number }[] = [];
  private readonly modes: Mode[] = [];
  private readonly text: string;
  private readonly place: PlaceOf;
  private at = 0;

  constructor(text: string, place: PlaceOf) {
    this.text = text;
    this.place = place;
  }

  run(first: Mode): Scanned {
    this.modes.push(first);
    while (this.at < this.text.length) {
      const mode = this.modes.at(-1)!;
      if (mode.kind === "code") this.code(mode);
      else if (mode.kind === "quotes") this.quotes();
      else this.lines(mode);
    }
    this.push("end", this.at);
    return { tokens: this.tokens, comments: this.comments };
  }

  private code(mode: Extract<Mode, { kind: "code" }>): void {
    const { text, at } = this;
    const character = text[at]!;
    if (character === " " || character === "\t") this.at += 1;
    else if (character === "\n") this.push("newline", at + 1);
    else if (character === "\r" && text[at + 1] === "\n") this.push("newline", at + 2);
    else if (isNameStart(text.charCodeAt(at))) this.push("name", this.nameEnd());
    else if (character >= "0" && character <= "9") this.push("number", at + this.match(NUMBER)![0].length);
    else if (character === '"') {
      this.push("open-quote", at + 1);
      this.modes.push({ kind: "quotes" });
    } else if (character === "#" || (character === "/" && text[at + 1] === "/")) this.lineComment();
    else if (character === "/" && text[at + 1] === "*") this.comment();
    else if (character === "{") {
      mode.braces += 1;
      this.push("{", at + 1);
    } else if (character === "}") this.closeBrace(mode);
    else if (character === "~" && text[at + 1] === "}") this.closeTemplate(mode, 2);
    else if (character !== "<" || !this.heredoc()) this.mark(character);
  }

  /** Names are ASCII nearly always, and Unicode's classes are slow. */
  private nameEnd(): number {
    let end = this.at + 1;
    while (isNamePart(this.text.charCodeAt(end))) end += 1;
    if (this.text.charCodeAt(end) < 128 || end >= this.text.length) return end;
    return this.at + this.match(NAME)![0].length;
  }

  private lineComment(): void {
    const lineFeed = this.text.indexOf("\n", this.at);
    const next = lineFeed === -1 ? this.text.length : lineFeed + 1;
    const breaks = lineFeed === -1 ? 0 : this.text[lineFeed - 1] === "\r" ? 2 : 1;
    this.comments.push({ start: this.at, end: next - breaks });
    this.at = next - breaks;
    if (breaks > 0) this.push("newline", next);
  }

  private comment(): void {
    const close = this.text.indexOf("*/", this.at + 2);
    // Without its end the mark is a division by nothing, which is no expression.
    if (close === -1) this.fail("Invalid expression; This comment has no end", this.at);
    this.comments.push({ start: this.at, end: close + 2 });
    this.at = close + 2;
  }

  private heredoc(): boolean {
    const found = this.match(HEREDOC);
    if (found === undefined) return false;
    this.push("open-heredoc", this.at + found[0].length);
    this.modes.push({ kind: "heredoc", mark: found[1]!, atLineStart: true });
    return true;
  }

  private mark(first: string): void {
    if (first === "." && this.text.startsWith("...", this.at)) return this.push("...", this.at + 3);
    const two = this.text.slice(this.at, this.at + 2);
    if (TWO_MARKS.has(two)) return this.push(two as TokenType, this.at + 2);
    if (ONE_MARK.has(first)) return this.push(first as TokenType, this.at + 1);
    const name = this.match(NAME)?.[0];
    if (name === undefined) this.refuseCharacter();
    this.push("name", this.at + name.length);
  }

  private closeBrace(mode: Extract<Mode, { kind: "code" }>): void {
    if (mode.braces === 0 && this.modes.length > 1) return this.closeTemplate(mode, 1);
    mode.braces -= 1;
    this.push("}", this.at + 1);
  }

  private closeTemplate(mode: Extract<Mode, { kind: "code" }>, length: number): void {
    if (mode.braces === 0 && this.modes.length > 1) this.modes.pop();
    this.push("close-template", this.at + length);
  }

  private quotes(): void {
    if (this.text[this.at] === '"') {
      this.push("close-quote", this.at + 1);
      this.modes.pop();
      return;
    }
    if (this.opening()) return;
    const end = this.quotedEnd();
    if (end > this.at) return this.push("quoted-text", end);
    if (/[\r\n]/.test(this.text[this.at]!))
      this.fail(
        'Invalid multi-line string; Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to represent a newline character or use the "heredoc" multi-line template syntax.',
        this.at,
      );
    this.refuseCharacter();
  }

  private lines(mode: Exclude<Mode, { kind: "code" | "quotes" }>): void {
    if (this.opening()) {
      if (mode.kind === "heredoc") mode.atLineStart = false;
      return;
    }
    // A carriage return alone is neither text nor the end of a line. In a bare template Terraform then takes all that is
    // left for text, `${…}` and all; ran on 1.11.
    const end = this.lineEnd();
    if (end === this.at && mode.kind !== "bare") this.refuseCharacter();
    if (mode.kind === "bare") return this.push("plain-text", end === this.at ? this.text.length : end);
    const piece = this.text.slice(this.at, end);
    const endsLine = piece.endsWith("\n");
    if (mode.atLineStart && endsLine && trimStart(trimEnd(piece)) === mode.mark) {
      this.push("close-heredoc", this.at + piece.length - (piece.endsWith("\r\n") ? 2 : 1));
      this.modes.pop();
      return;
    }
    mode.atLineStart = endsLine;
    this.push("plain-text", this.at + piece.length);
  }

  private opening(): boolean {
    const first = this.text[this.at];
    if ((first !== "$" && first !== "%") || this.text[this.at + 1] !== "{") return false;
    const length = this.text[this.at + 2] === "~" ? 3 : 2;
    this.push(first === "$" ? "open-interpolation" : "open-directive", this.at + length);
    this.modes.push({ kind: "code", braces: 0 });
    return true;
  }

  /** `$${` and `%%{` are escapes; a `$` or `%` before anything else is itself, alone. */
  private escapeEnd(): number | undefined {
    const first = this.text[this.at]!;
    if (first !== "$" && first !== "%") return undefined;
    if (!this.text.startsWith(`${first}{`, this.at + 1)) return this.at + 1;
    return this.at + (this.text[this.at + 3] === "~" ? 4 : 3);
  }

  private quotedEnd(): number {
    const escape = this.escapeEnd();
    if (escape !== undefined) return escape;
    let end = this.at;
    for (; end < this.text.length; end += 1) {
      const character = this.text[end]!;
      if (character === "\\") {
        if (end + 1 >= this.text.length || isBreak(this.text[end + 1]!)) break;
        end += 1;
      } else if (isBreak(character) || '"$%'.includes(character)) break;
    }
    return end;
  }

  private lineEnd(): number {
    let end = this.escapeEnd() ?? this.at;
    if (end === this.at) while (end < this.text.length && !"$%\r\n".includes(this.text[end]!)) end += 1;
    if (this.text[end] === "\n") return end + 1;
    return this.text[end] === "\r" && this.text[end + 1] === "\n" ? end + 2 : end;
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text) ?? undefined;
  }

  private push(type: TokenType, end: number): void {
    this.tokens.push({ type, start: this.at, end });
    this.at = end;
  }

  private refuseCharacter(): never {
    const character = String.fromCodePoint(this.text.codePointAt(this.at)!);
    this.fail(REFUSED[character] ?? "Invalid character; This character is not used within the language.", this.at);
  }

  private fail(message: string, offset: number): never {
    throw new ConfigurationError(message, this.place(offset));
  }
}

function isBreak(character: string): boolean {
  return character === "\n" || character === "\r";
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || (code >= 48 && code <= 57) || code === 45;
}

/** Characters that other languages have: what to write instead. */
const REFUSED: Readonly<Record<string, string>> = {
  "&": 'Unsupported operator; Bitwise operators are not supported. Did you mean boolean AND ("&&")?',
  "|": 'Unsupported operator; Bitwise operators are not supported. Did you mean boolean OR ("||")?',
  "~": 'Unsupported operator; Bitwise operators are not supported. Did you mean boolean NOT ("!")?',
  "^": "Unsupported operator; Bitwise operators are not supported.",
  "'": 'Invalid character; Single quotes are not valid. Use double quotes (") to enclose strings.',
  "`": 'Invalid character; The "`" character is not valid. To create a multi-line string, use the "heredoc" syntax, like "<<EOT".',
  ";": 'Invalid character; The ";" character is not valid. Use newlines to separate arguments and blocks, and commas to separate items in collection values.',
};
