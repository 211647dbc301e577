import type { Cursor } from "./cursor.ts";
import type { Token } from "./token.ts";

const ESCAPES = /\\(?:u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|[^uU])|\$\$\{|%%\{/gsu;
const TEMPLATE_ESCAPES = /\$\$\{|%%\{/g;

const SIMPLE: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/**
 * What a piece of a text says.
 * @throws ConfigurationError for an escape that the language does not have.
 */
export function textValue(cursor: Cursor, token: Token): string {
  const written = cursor.textOf(token);
  return token.type === "quoted-text"
    ? written.replace(ESCAPES, (escape, offset: number) => unescape(cursor, escape, token.start + offset))
    : written.replace(TEMPLATE_ESCAPES, (escape) => escape.slice(1));
}

function unescape(cursor: Cursor, escape: string, offset: number): string {
  if (!escape.startsWith("\\")) return escape.slice(1);
  const selector = escape.slice(1);
  const simple = SIMPLE[selector];
  if (simple !== undefined) return simple;
  const digits = selector.startsWith("u") ? 4 : selector.startsWith("U") ? 8 : undefined;
  if (digits === undefined)
    cursor.fail(
      `Invalid escape sequence; The symbol ${JSON.stringify(selector)} is not a valid escape sequence selector.`,
      offset,
    );
  if (selector.length !== digits + 1) {
    const [letter, words] = digits === 4 ? ["u", "four"] : ["U", "eight"];
    cursor.fail(
      `Invalid escape sequence; The \\${letter} escape sequence must be followed by ${words} hexadecimal digits.`,
      offset,
    );
  }
  const code = Number.parseInt(selector.slice(1), 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    cursor.fail(
      `Invalid escape sequence; Cannot encode character U+${code.toString(16).padStart(4, "0")} in UTF-8.`,
      offset,
    );
  return String.fromCodePoint(code);
}
