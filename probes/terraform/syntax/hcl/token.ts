/** Marks of the language; each is a token of its own, of the type that it spells. */
export const MARKS = [
  ...["{", "}", "[", "]", "(", ")", ".", ",", "=", "?", ":", "::", "...", "=>"],
  ...["==", "!=", "<", "<=", ">", ">=", "&&", "||", "!", "+", "-", "*", "/", "%"],
] as const;

export type TokenType =
  | (typeof MARKS)[number]
  | "name"
  | "number"
  | "newline"
  | "open-quote"
  | "close-quote"
  | "open-heredoc"
  | "close-heredoc"
  /** A piece of a text in quotes, with backslash escapes. */
  | "quoted-text"
  /** A piece of a text without such escapes: in a heredoc never more than a line. */
  | "plain-text"
  | "open-interpolation"
  | "open-directive"
  | "close-template"
  | "end";

export interface Token {
  readonly type: TokenType;
  /** Offsets in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export interface Scanned {
  readonly tokens: readonly Token[];
  /** Comments with their marks; one that ends a line leaves a newline among the tokens. */
  readonly comments: readonly { readonly start: number; readonly end: number }[];
}
