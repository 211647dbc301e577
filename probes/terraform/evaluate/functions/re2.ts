/** A pattern of RE2's syntax, as this engine spells it. */
export interface Pattern {
  readonly source: string;
  readonly flags: string;
  /** Names of groups, with their numbers. */
  readonly names: readonly (readonly [string, number])[];
  readonly groups: number;
  /** Most steps that a subject of this length may take. */
  readonly steps: (length: number) => number;
}

/** Longest pattern that is translated. */
const MAX_LENGTH = 2000;
const PERL: Readonly<Record<string, string>> = { d: "0-9", s: "\\t\\n\\f\\r ", w: "0-9A-Za-z_" };
const POSIX: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  blank: "\\t ",
  digit: "0-9",
  lower: "a-z",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

interface Group {
  /** There is more than one way through it, so that repeating it may take for ever. */
  isOpen: boolean;
  alternatives: number;
}

/** The same pattern for this engine, or why there is none. */
export function translate(pattern: string): Pattern | string {
  if (pattern.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  const translator = new Translator(pattern);
  const refused = translator.run();
  if (refused !== undefined) return refused;
  const { source, flags, names, groups, repeats, choices } = translator;
  try {
    new RegExp(source, flags);
  } catch {
    return "it is no pattern that this engine has";
  }
  // Each repetition may be tried at every length, from every start, in every choice.
  const steps = (length: number): number => choices * Math.pow(length + 1, repeats + 1);
  return { source, flags, names, groups, steps };
}

class Translator {
  source = "";
  flags = "us";
  groups = 0;
  readonly names: [string, number][] = [];
  repeats = 0;
  /** Product of the ways that each group and each `?` can be gone. */
  choices = 1;
  private at = 0;
  private readonly open: Group[] = [{ isOpen: false, alternatives: 1 }];
  /** The group that has just been closed, for a repetition that follows it. */
  private closed: Group | undefined;
  private readonly pattern: string;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  run(): string | undefined {
    // A flag behind the beginning alone holds for all of the pattern.
    const leading = /^\^?\(\?([imsU]+)\)/.exec(this.pattern);
    if (leading !== null) {
      if (leading[1]!.includes("U")) return "it swaps greediness";
      if (leading[1]!.includes("i")) this.flags += "i";
      if (leading[1]!.includes("m")) this.flags += "m";
      this.at = leading[0].length;
      if (leading[0].startsWith("^")) this.source = "^";
    }
    // Without `s`, the dot of RE2 stands for everything but a line feed; this engine's leaves out three more.
    const dot = leading?.[1]?.includes("s") === true ? "." : "[^\\n]";
    while (this.at < this.pattern.length) {
      const refused = this.piece(dot);
      if (refused !== undefined) return refused;
    }
    return this.open.length === 1 ? undefined : "it opens a group and does not close it";
  }

  private piece(dot: string): string | undefined {
    const rest = this.pattern.slice(this.at);
    const [head = ""] = rest;
    const wasClosed = this.closed;
    this.closed = undefined;
    if (head === "\\") return this.escape(rest);
    if (head === "[") return this.characterClass(rest);
    if (head === "(") return this.group(rest);
    if (head === ")") return this.close();
    if (head === "|") return this.alternative();
    if (head === ".") return this.put(1, dot);
    const repeat = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(rest);
    if (repeat !== null) return this.repeat(repeat, wasClosed);
    // A brace that repeats nothing stands for itself in RE2.
    if (head === "{" || head === "}" || head === "]") return this.put(1, `\\${head}`);
    const code = String.fromCodePoint(rest.codePointAt(0)!);
    return this.put(code.length, head === "/" ? "\\/" : code);
  }

  private put(length: number, source: string): undefined {
    this.at += length;
    this.source += source;
  }

  private repeat([whole, least, , most]: RegExpExecArray, wasClosed: Group | undefined): string | undefined {
    if (Number(least ?? 0) > 1000 || Number(most ?? 0) > 1000) return "it repeats more than 1000 times";
    if (/[*+?}]$/.test(whole.slice(0, -1)) && /^[*+]/.test(this.pattern.slice(this.at + whole.length)))
      return "it repeats a repetition";
    const isLong = /^[*+]/.test(whole) || (whole.startsWith("{") && (most === "" || Number(most ?? least) > 1));
    if (isLong && wasClosed?.isOpen === true) return "it repeats what can be gone in several ways";
    if (isLong) this.repeats += 1;
    else this.choices *= 2;
    for (const group of this.open) group.isOpen = true;
    return this.put(whole.length, whole);
  }

  private group(rest: string): string | undefined {
    const opening = /^\((?:\?P?<([A-Za-z_]\w*)>|\?:)?/.exec(rest)!;
    const [whole, name] = opening;
    if (whole === "(" && rest[1] === "?") return "it changes flags in its middle, or looks ahead";
    if (whole !== "(?:") this.groups += 1;
    if (name !== undefined) this.names.push([name, this.groups]);
    this.open.push({ isOpen: false, alternatives: 1 });
    // Names are kept apart: this engine's may not stand twice, and are not needed.
    return this.put(whole.length, whole === "(?:" ? whole : "(");
  }

  private close(): string | undefined {
    if (this.open.length < 2) return "it closes a group that is not open";
    this.closed = this.open.pop();
    this.choices *= this.closed!.alternatives;
    return this.put(1, ")");
  }

  private alternative(): undefined {
    this.open.at(-1)!.alternatives += 1;
    for (const group of this.open) group.isOpen = true;
    return this.put(1, "|");
  }

  private escape(rest: string): string | undefined {
    const [, code] = /^\\x\{([0-9A-Fa-f]+)\}/.exec(rest) ?? [];
    if (code !== undefined) return this.put(code.length + 4, `\\u{${code}}`);
    const quoted = /^\\Q([^]*?)(?:\\E|$)/.exec(rest);
    if (quoted !== null) return this.put(quoted[0].length, quoted[1]!.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
    const [, letter = "", name] = /^\\([^])(?:\{(\^?\w+)\}|([A-Z]))?/.exec(rest) ?? [];
    if (letter === "p" || letter === "P") return this.property(rest, letter);
    if (letter in PERL || letter.toLowerCase() in PERL) {
      const set = PERL[letter.toLowerCase()]!;
      return this.put(2, letter in PERL ? `[${set}]` : `[^${set}]`);
    }
    if (name === undefined && letter === "A") return this.put(2, "(?<![^])");
    if (letter === "z") return this.put(2, "(?![^])");
    if (letter === "b" || letter === "B") return this.put(2, `\\${letter}`);
    return this.literalEscape(rest, letter);
  }

  private literalEscape(rest: string, letter: string): string | undefined {
    if (letter === "a") return this.put(2, "\\x07");
    if (/[fnrtv]/.test(letter)) return this.put(2, `\\${letter}`);
    if (/^\\x[0-9A-Fa-f]{2}/.test(rest)) return this.put(4, rest.slice(0, 4));
    if (letter === "" || /[0-9A-Za-z]/.test(letter)) return `it has the escape \\${letter}`;
    return this.put(2, /[\\^$.*+?()[\]{}|/-]/.test(letter) ? literalOf(letter) : letter);
  }

  private property(rest: string, letter: string): string | undefined {
    const found = /^\\[pP](?:\{(\^?)(\w+)\}|([A-Z]))/.exec(rest);
    if (found === null) return "it names no class of characters";
    const [whole, not, name, short] = found;
    const isScript = name !== undefined && name.length > 2;
    const isNot = (letter === "P") !== (not === "^");
    return this.put(whole.length, `\\${isNot ? "P" : "p"}{${isScript ? `Script=${name}` : (name ?? short)}}`);
  }

  private characterClass(rest: string): string | undefined {
    const found = /^\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]/.exec(rest);
    if (found === null) return "it opens a class of characters and does not close it";
    const [whole] = found;
    let inner = whole.slice(1, -1);
    const isNot = inner.startsWith("^");
    if (isNot) inner = inner.slice(1);
    const source = inner.replace(
      /\[:(\^?)(\w+):\]|\\([^])|([[\](){}/|])|&&|--/g,
      (all: string, not?: string, name?: string, letter?: string, plain?: string) =>
        classPiece({ all, not, name, letter, plain }),
    );
    if (source.includes("\u0000")) return "it has a class of characters that is not understood";
    return this.put(whole.length, `[${isNot ? "^" : ""}${source}]`);
  }
}

interface ClassPiece {
  readonly all: string;
  readonly not: string | undefined;
  readonly name: string | undefined;
  readonly letter: string | undefined;
  readonly plain: string | undefined;
}

/** A NUL marks what cannot be said. */
function classPiece({ all, not, name, letter, plain }: ClassPiece): string {
  if (name !== undefined) return not === "" ? (POSIX[name] ?? "\u0000") : "\u0000";
  if (plain !== undefined) return `\\${plain}`;
  if (letter === undefined) return all;
  if (letter in PERL) return PERL[letter]!;
  if (/[DSW]/.test(letter)) return `\\${letter}`;
  if (/[fnrtvpPx]/.test(letter)) return all;
  return /[0-9A-Za-z]/.test(letter) ? "\u0000" : literalOf(letter);
}

function literalOf(character: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? `\\${character}` : character;
}
