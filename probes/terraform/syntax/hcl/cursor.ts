import { ConfigurationError } from "../../configuration-error.ts";
import type { Place } from "../syntax.ts";
import type { PlaceOf } from "../place.ts";
import { scan } from "./scan.ts";
import type { Scanned, Token, TokenType } from "./token.ts";

/** Deepest nesting that is read: of blocks, brackets, texts, operators and steps. */
export const MAX_DEPTH = 500;

export const TOO_DEEP = `is nested more than ${MAX_DEPTH} deep here; no deeper is read`;

/** Reads the tokens of one text in order. Inside brackets a newline is white space, elsewhere it ends something. */
export class Cursor {
  readonly text: string;
  readonly place: PlaceOf;
  private readonly scanned: Scanned;
  private readonly newlines: boolean[] = [true];
  /** The next token that counts, and where those begin that were not read yet. */
  private upcoming: Token;
  private upcomingAt = 0;
  private unread = 0;
  private nextComment = 0;
  private depth = 0;
  /** Offset after the last token that was read. */
  end = 0;

  constructor(text: string, kind: "file" | "template", place: PlaceOf) {
    this.text = text;
    this.place = place;
    this.scanned = scan(text, kind, place);
    this.upcoming = this.scanned.tokens[0]!;
  }

  peek(): Token {
    return this.upcoming;
  }

  is(one: TokenType, other?: TokenType, third?: TokenType): boolean {
    const { type } = this.upcoming;
    return type === one || type === other || type === third;
  }

  isWord(word: string): boolean {
    const token = this.peek();
    return token.type === "name" && this.textOf(token) === word;
  }

  read(): Token {
    const token = this.upcoming;
    if (token.type !== "end") this.unread = this.upcomingAt + 1;
    this.end = token.end;
    this.look();
    return token;
  }

  /** The next token, which has to be of a type. */
  expect(type: TokenType, message: string): Token {
    if (!this.is(type)) this.fail(message);
    return this.read();
  }

  textOf(token: Token): string {
    return this.text.slice(token.start, token.end);
  }

  /** What is read inside, with newlines seen or not. */
  within<T>(seesNewlines: boolean, inside: () => T): T {
    this.newlines.push(seesNewlines);
    this.look();
    const result = inside();
    this.newlines.pop();
    this.look();
    return result;
  }

  /** What is read inside, one step deeper. Each step that leads to another call of its own kind goes through here. */
  deeper<T>(inside: () => T): T {
    this.depth += 1;
    this.refuseDepth(this.depth);
    const result = inside();
    this.depth -= 1;
    return result;
  }

  refuseDepth(depth: number): void {
    if (depth > MAX_DEPTH) this.fail(TOO_DEEP);
  }

  /** Comments that begin before an offset and were not taken yet. */
  takeComments(before: number): { readonly start: number; readonly end: number }[] {
    const first = this.nextComment;
    while ((this.scanned.comments[this.nextComment]?.start ?? Infinity) < before) this.nextComment += 1;
    return this.scanned.comments.slice(first, this.nextComment);
  }

  at(offset = this.peek().start): Place {
    return this.place(offset);
  }

  private look(): void {
    this.upcomingAt = this.unread;
    if (this.newlines.at(-1) === false)
      while (this.scanned.tokens[this.upcomingAt]!.type === "newline") this.upcomingAt += 1;
    this.upcoming = this.scanned.tokens[this.upcomingAt]!;
  }

  /** @throws ConfigurationError at a token, the next one unless another is named. */
  fail(message: string, offset = this.peek().start): never {
    this.failAt(message, this.place(offset));
  }

  failAt(message: string, at: Place): never {
    throw new ConfigurationError(message, at);
  }
}
