import { scan } from "../terraform/syntax/hcl/scan.ts";
import type { Token, TokenType } from "../terraform/syntax/hcl/token.ts";
import { placesOf } from "../terraform/syntax/place.ts";

/** Offsets in a text, in UTF-16 units; the end is the first that is no part of it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What stands behind a name or in a list: written out, or an expression that makes it. */
export interface Content extends Span {
  /** Of a list that is written out. */
  readonly items?: readonly Entry[];
  /** Of an object that is written out. */
  readonly entries?: readonly Argument[];
}

/** An entry of a list that is written out. */
export interface Entry extends Span {
  readonly kind: "entry";
  readonly value: Content;
  readonly list: Span & { readonly items?: readonly Entry[] };
  /** What the list is the value of; undefined for a list in a list. */
  readonly holder: Argument | undefined;
}

/** `name = value`, in a body or in an object. */
export interface Argument extends Span {
  readonly kind: "argument";
  readonly name: string;
  readonly nameEnd: number;
  readonly value: Content;
  /** Undefined at the top of a file and in an object. */
  readonly block: Block | undefined;
  readonly isInObject: boolean;
}

export interface Block extends Span {
  readonly kind: "block";
  readonly type: string;
  /** Offset behind its opening brace, and offset of its closing one. */
  readonly open: number;
  readonly close: number;
  readonly items: readonly (Argument | Block)[];
  readonly block: Block | undefined;
}

export type Piece = Entry | Argument | Block;

export interface HclTree {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly comments: readonly Span[];
  /** By the offset where it begins; for an argument also by that of its value. */
  readonly pieces: ReadonlyMap<number, Piece>;
}

/**
 * What stands where in a file, with its extent, which the parser's own tree does not keep.
 * @param text without a byte order mark, of a file that was parsed before, so that it is known to be right.
 */
export function treeOf(text: string): HclTree {
  const { tokens, comments } = scan(text, "file", placesOf(text, ""));
  const reader = new TreeReader(text, tokens);
  reader.body(undefined);
  return { text, tokens, comments, pieces: reader.pieces };
}

const OPENING = new Set<TokenType>([
  ...["{", "[", "(", "open-quote", "open-heredoc", "open-interpolation", "open-directive"],
] as TokenType[]);
const CLOSING = new Set<TokenType>(["}", "]", ")", "close-quote", "close-heredoc", "close-template"]);

class TreeReader {
  readonly pieces = new Map<number, Piece>();
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.tokens = tokens;
  }

  body(block: Block | undefined): (Argument | Block)[] {
    const items: (Argument | Block)[] = [];
    for (;;) {
      while (this.is("newline")) this.at += 1;
      if (this.is("}", "end")) return items;
      items.push(this.tokens[this.at + 1]!.type === "=" ? this.argument(block, false) : this.block(block));
    }
  }

  private argument(block: Block | undefined, isInObject: boolean): Argument {
    const first = this.at;
    const name = this.tokens[first]!;
    if (isInObject) this.skip("=", ":");
    else this.at += 1;
    const nameEnd = this.tokens[this.at - 1]!.end;
    this.at += 1;
    const argument = {
      ...({ kind: "argument", name: this.nameOf(first), nameEnd, block, isInObject } as const),
      start: name.start,
      end: 0,
      value: { start: 0, end: 0 } as Content,
    };
    argument.value = this.content(argument, false);
    argument.end = argument.value.end;
    this.pieces.set(argument.start, argument);
    if (!this.pieces.has(argument.value.start)) this.pieces.set(argument.value.start, argument);
    return argument;
  }

  /** Without the quotes that a key may have. */
  private nameOf(index: number): string {
    const token = this.tokens[index + (this.tokens[index]!.type === "open-quote" ? 1 : 0)]!;
    return this.text.slice(token.start, token.end);
  }

  private block(parent: Block | undefined): Block {
    const name = this.tokens[this.at]!;
    this.skip("{");
    const open = this.tokens[this.at]!.end;
    this.at += 1;
    const block = {
      ...({ kind: "block", type: this.text.slice(name.start, name.end), block: parent, open } as const),
      start: name.start,
      end: 0,
      close: 0,
      items: [] as (Argument | Block)[],
    };
    block.items = this.body(block);
    const close = this.tokens[this.at]!;
    this.at += 1;
    block.close = close.start;
    block.end = close.end;
    this.pieces.set(block.start, block);
    return block;
  }

  /** An expression up to what ends it: a comma, a line's end, or what closes around it. */
  private content(holder: Argument | undefined, isInList: boolean): Content {
    const first = this.at;
    const start = this.tokens[first]!.start;
    const opened = this.tokens[first]!.type;
    const isFor = this.tokens[first + 1] !== undefined && this.nameOf(first + 1) === "for";
    const inner: { items?: Entry[]; entries?: Argument[] } = {};
    if (opened === "[" && !isFor) inner.items = this.list(holder);
    else if (opened === "{" && !isFor) inner.entries = this.object();
    const closedAt = this.at;
    // In brackets the end of a line means nothing: the expression may go on behind it.
    this.skip(",", "}", "]", ...(isInList ? [] : (["newline"] as const)));
    let last = this.at - 1;
    while (this.tokens[last]!.type === "newline") last -= 1;
    const { end } = this.tokens[last]!;
    // `[…][0]` and `{…}.a` begin with what is written out and are something else.
    return last < closedAt ? { start, end, ...inner } : { start, end };
  }

  private list(holder: Argument | undefined): Entry[] {
    const start = this.tokens[this.at]!.start;
    this.at += 1;
    const list = { start, end: 0, items: [] as Entry[] };
    for (;;) {
      while (this.is("newline", ",")) this.at += 1;
      if (this.is("]")) break;
      const value = this.content(undefined, true);
      const entry: Entry = { kind: "entry", start: value.start, end: value.end, value, list, holder };
      list.items.push(entry);
      if (!this.pieces.has(entry.start)) this.pieces.set(entry.start, entry);
    }
    list.end = this.tokens[this.at]!.end;
    this.at += 1;
    return list.items;
  }

  private object(): Argument[] {
    const entries: Argument[] = [];
    this.at += 1;
    for (;;) {
      while (this.is("newline", ",")) this.at += 1;
      if (this.is("}")) break;
      entries.push(this.argument(undefined, true));
    }
    this.at += 1;
    return entries;
  }

  /** To the next of these tokens that stands in no inner brackets, text or template. */
  private skip(...ends: readonly TokenType[]): void {
    for (let depth = 0; ; this.at += 1) {
      const { type } = this.tokens[this.at]!;
      if (depth === 0 && ends.includes(type)) return;
      if (type === "end") return;
      if (OPENING.has(type)) depth += 1;
      if (CLOSING.has(type)) depth -= 1;
    }
  }

  private is(...types: readonly TokenType[]): boolean {
    return types.includes(this.tokens[this.at]!.type);
  }
}
