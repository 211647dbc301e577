import { ConfigurationError } from "../../configuration-error.ts";
import type { PlaceOf } from "../place.ts";
import { MARKS } from "./token.ts";
import type { Scanned, Token, TokenType } from "./token.ts";

/** What surrounds the place that is read: code, with the braces open in it, a text in quotes, a heredoc, a bare template. */
type Mode =
  | { readonly kind: "code"; braces: number }
  | { readonly kind: "quotes" }
  | { readonly kind: "bare" }
  | { readonly kind: "heredoc"; readonly mark: string; atLineStart: boolean };

// The first alternative that fits is the longest one.
const CODE = new RegExp(
  [
    "(?<space>[ \\t]+)",
    "(?<name>[\\p{ID_Start}_][\\p{ID_Continue}\\-]*)",
    "(?<newline>\\r?\\n)",
    // Digits and dots are one number, right or wrong: `0.1.2` is refused and not taken for steps.
    "(?<number>[0-9](?:(?:[0-9.]|[eE][+\\-]?[0-9])*(?:[0-9]|[eE][+\\-]?[0-9]))?)",
    "(?<comment>(?:#|//)[^\\n]*\\n?|/\\*[^]*?(?:\\*/|$))",
    "(?<heredoc><<-?[\\p{ID_Start}_][\\p{ID_Continue}\\-]*\\r?\\n)",
    '(?<quote>")',
    "(?<eat>~\\})",
    `(?<mark>${[...MARKS]
      .sort((a, b) => b.length - a.length)
      .map((mark) => mark.replace(/[^=<>&:!%/,-]/g, "\\$&"))
      .join("|")})`,
  ].join("|"),
  "uy",
);

// `$${` and `%%{` are escapes; a `$` or `%` before anything else is itself, alone.
const ESCAPED_OPENING = "\\$\\$\\{~?|%%\\{~?";
const QUOTED = new RegExp(`${ESCAPED_OPENING}|[$%]|(?:\\\\[^\\r\\n]|[^$%"\\\\\\r\\n])+`, "uy");
const LINE = new RegExp(`(?:${ESCAPED_OPENING}|[$%]|[^$%\\r\\n]+)?(?:\\r?\\n)?`, "uy");
const OPENING = /[$%]\{~?/uy;

/** White space as Terraform trims it: Unicode's, with U+0085 and without U+FEFF. */
export const SPACE = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const SPACE_AROUND = new RegExp(`^${SPACE}+|${SPACE}+$`, "gu");

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
    const found = this.match(CODE)?.groups;
    if (found === undefined) this.refuseCharacter();
    const length = (text: string | undefined): number => this.at + (text?.length ?? 0);
    if (found["space"] !== undefined) this.at = length(found["space"]);
    else if (found["name"] !== undefined) this.push("name", length(found["name"]));
    else if (found["newline"] !== undefined) this.push("newline", length(found["newline"]));
    else if (found["number"] !== undefined) this.push("number", length(found["number"]));
    else if (found["comment"] !== undefined) this.comment(found["comment"]);
    else if (found["quote"] !== undefined) {
      this.push("open-quote", this.at + 1);
      this.modes.push({ kind: "quotes" });
    } else if (found["heredoc"] !== undefined) {
      const mark = found["heredoc"].replace(/^<<-?/, "").trimEnd();
      this.push("open-heredoc", length(found["heredoc"]));
      this.modes.push({ kind: "heredoc", mark, atLineStart: true });
    } else if (found["eat"] !== undefined) this.closeTemplate(mode, 2);
    else this.mark(found["mark"] as (typeof MARKS)[number], mode);
  }

  private comment(found: string): void {
    const start = this.at;
    // Without its end the mark is a division by nothing, which is no expression.
    if (found.startsWith("/*") && (found.length < 4 || !found.endsWith("*/")))
      this.fail("Invalid expression; This comment has no end", start);
    const breaks = found.startsWith("/*") || !found.endsWith("\n") ? 0 : found.endsWith("\r\n") ? 2 : 1;
    this.at += found.length - breaks;
    this.comments.push({ start, end: this.at });
    if (breaks > 0) this.push("newline", this.at + breaks);
  }

  private mark(found: (typeof MARKS)[number], mode: Extract<Mode, { kind: "code" }>): void {
    if (found === "{") mode.braces += 1;
    if (found !== "}") return this.push(found, this.at + found.length);
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
    const found = this.match(QUOTED);
    if (found !== undefined) return this.push("quoted-text", this.at + found[0].length);
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
    const piece = this.match(LINE)?.[0] ?? "";
    // A carriage return alone is neither text nor the end of a line. In a bare template Terraform then takes all that is
    // left for text, `${…}` and all; ran on 1.11.
    if (piece === "" && mode.kind !== "bare") this.refuseCharacter();
    if (mode.kind === "bare") return this.push("plain-text", piece === "" ? this.text.length : this.at + piece.length);
    const endsLine = piece.endsWith("\n");
    if (mode.atLineStart && endsLine && piece.replace(SPACE_AROUND, "") === mode.mark) {
      this.push("close-heredoc", this.at + piece.length - (piece.endsWith("\r\n") ? 2 : 1));
      this.modes.pop();
      return;
    }
    mode.atLineStart = endsLine;
    this.push("plain-text", this.at + piece.length);
  }

  private opening(): boolean {
    const found = this.match(OPENING)?.[0];
    if (found === undefined) return false;
    this.push(found.startsWith("$") ? "open-interpolation" : "open-directive", this.at + found.length);
    this.modes.push({ kind: "code", braces: 0 });
    return true;
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
