import type { ArmorText, Comparison, Condition } from "./armor-expression.ts";

const TOKEN =
  /\s*(?:('(?:[^'\\]|\\['"\\])*'|"(?:[^"\\]|\\['"\\])*")|([A-Za-z_]\w*|\d+(?:\.\d+)?)|(&&|\|\||==|!=|[<>]=?|[!().,[\]{}:+*-]))/y;

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** A piece of an expression. A string stands as `$` and its number, so that no text of its own can look like syntax. */
interface Tokens {
  readonly words: readonly string[];
  readonly strings: readonly string[];
}

/** An expression of Cloud Armor's rules language. What is not understood is opaque, as a whole if need be. */
export function parseArmorExpression(text: string): Condition {
  const tokens = tokenize(text);
  const parsed = tokens === undefined ? undefined : new Parser(tokens).parse();
  return parsed ?? { kind: "opaque", text };
}

function tokenize(text: string): Tokens | undefined {
  const words: string[] = [];
  const strings: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    const [, quoted, word, sign] = match;
    words.push(quoted === undefined ? (word ?? sign)! : `$${strings.length}`);
    if (quoted !== undefined) strings.push(quoted.slice(1, -1).replace(/\\(.)/g, "$1"));
  }
  return { words, strings };
}

/** Recursive descent over `||`, `&&`, `!` and parentheses; what stands between them is one atom. */
class Parser {
  private at = 0;
  private readonly tokens: Tokens;

  constructor(tokens: Tokens) {
    this.tokens = tokens;
  }

  /** Undefined for a syntax that is not understood. */
  parse(): Condition | undefined {
    const condition = this.disjunction();
    return this.at === this.tokens.words.length ? condition : undefined;
  }

  private disjunction(): Condition | undefined {
    return this.chain("||", "or", () => this.chain("&&", "and", () => this.unary()));
  }

  private chain(sign: string, kind: "and" | "or", operand: () => Condition | undefined): Condition | undefined {
    const parts = [operand()];
    while (this.tokens.words[this.at] === sign) {
      this.at++;
      parts.push(operand());
    }
    const known = parts.filter((part) => part !== undefined);
    if (known.length < parts.length) return undefined;
    return known.length === 1 ? known[0] : { kind, of: known };
  }

  private unary(): Condition | undefined {
    const next = this.tokens.words[this.at];
    if (next === "!") {
      this.at++;
      const of = this.unary();
      return of === undefined ? undefined : { kind: "not", of };
    }
    return next === "(" ? this.group() : this.atom();
  }

  private group(): Condition | undefined {
    this.at++;
    const inner = this.disjunction();
    return this.tokens.words[this.at++] === ")" ? inner : undefined;
  }

  /** Everything up to the next `&&`, `||` or closing parenthesis of the same depth: these bind weakest. */
  private atom(): Condition | undefined {
    const from = this.at;
    const open: string[] = [];
    for (; this.at < this.tokens.words.length; this.at++) {
      const word = this.tokens.words[this.at]!;
      if (open.length === 0 && ["&&", "||", ")"].includes(word)) break;
      if (CLOSING[word] !== undefined) open.push(CLOSING[word]);
      else if (Object.values(CLOSING).includes(word) && open.pop() !== word) return undefined;
    }
    const words = this.tokens.words.slice(from, this.at);
    return words.length === 0 || open.length > 0 ? undefined : atomOf(joined(words), this.tokens.strings);
  }
}

/** Two words side by side stay two: `tr ue` is not `true`. */
function joined(words: readonly string[]): string {
  return words.join(" ").replace(/ ?([^\w $]+) ?/g, "$1");
}

const TEXT = String.raw`(?:\$\d+|request\.(?:path|method|query)|request\.headers\[\$\d+\])(?:\.lower\(\))*`;
const CONSTANT = /^(true|false)$/;
const HAS = /^has\(request\.headers\[\$(\d+)\]\)$/;
const IN_RANGE = /^inIpRange\(origin\.ip,\$(\d+)\)$/;
const EQUALITY = new RegExp(`^(${TEXT})(==|!=)(${TEXT})$`);
const CALL = new RegExp(String.raw`^(${TEXT})\.(startsWith|endsWith|contains)\((${TEXT})\)$`);
const MATCHES = new RegExp(String.raw`^(${TEXT})\.matches\(\$(\d+)\)$`);

function atomOf(text: string, strings: readonly string[]): Condition {
  const stringAt = (index: string | undefined): string => strings[Number(index)] ?? "";
  const constant = CONSTANT.exec(text);
  if (constant !== null) return { kind: "constant", value: constant[1] === "true" };
  const has = HAS.exec(text);
  if (has !== null) return { kind: "has", name: stringAt(has[1]) };
  const range = IN_RANGE.exec(text);
  if (range !== null) return { kind: "in-range", range: stringAt(range[1]) };
  const pattern = MATCHES.exec(text);
  if (pattern !== null) return { kind: "matches", text: textOf(pattern[1]!, stringAt), pattern: stringAt(pattern[2]) };
  const comparison = EQUALITY.exec(text) ?? CALL.exec(text);
  if (comparison === null)
    return { kind: "opaque", text: text.replace(/\$(\d+)/g, (_, index: string) => `'${stringAt(index)}'`) };
  const [, left = "", sign = "", right = ""] = comparison;
  const by = sign === "==" ? "equals" : sign === "!=" ? "differs" : (sign as Comparison);
  return { kind: "compare", by, left: textOf(left, stringAt), right: textOf(right, stringAt) };
}

function textOf(text: string, stringAt: (index: string) => string): ArmorText {
  if (text.endsWith(".lower()")) return { kind: "lower", of: textOf(text.slice(0, -".lower()".length), stringAt) };
  const header = /^request\.headers\[\$(\d+)\]$/.exec(text);
  if (header !== null) return { kind: "header", name: stringAt(header[1]!) };
  if (text.startsWith("$")) return { kind: "literal", value: stringAt(text.slice(1)) };
  return { kind: text.slice("request.".length) as "path" | "method" | "query" };
}
