export type Style = "good" | "bad" | "open" | "faint" | "strong";

/** Puts a style on text; without colour it gives the text back. */
export type Paint = (style: Style, text: string) => string;

const CODES: Readonly<Record<Style, string>> = { good: "32", bad: "31;1", open: "33", faint: "2", strong: "1" };

export function painter(colour: boolean): Paint {
  return colour ? (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m` : (_, text) => text;
}

/** Characters that move a cursor or begin a sequence, line ends, and marks that turn the direction of text. */
export const MOVES_OR_TURNS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Words from outside, made harmless for a terminal: control characters are shown, never sent. */
export function harmless(text: string): string {
  return text.replace(MOVES_OR_TURNS, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** The same value with every text in it made harmless. */
export function harmlessDeep<T>(value: T): T {
  if (typeof value === "string") return harmless(value) as T;
  if (Array.isArray(value)) return value.map((inner: unknown) => harmlessDeep(inner)) as T;
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [harmless(key), harmlessDeep(inner as unknown)]),
    ) as T;
  return value;
}

/** Breaks words into lines of at most `width` columns; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const indent = /^ */.exec(text)![0];
  const lines: string[] = [];
  let line = "";
  for (const word of text.slice(indent.length).split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
