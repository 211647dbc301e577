import type { Remark } from "../../facts/waiver.ts";
import { scan } from "./hcl/scan.ts";
import type { Scanned, Token } from "./hcl/token.ts";
import { placesOf } from "./place.ts";

const MARK = /^(?:#|\/\/|\/\*)\s*headgate:([\s\S]*?)(?:\*\/)?$/;
const OPENING = new Set<Token["type"]>(["{", "[", "("]);
const CLOSING = new Set<Token["type"]>(["}", "]", ")"]);

/**
 * Comments of a file that speak to Headgate, each with the lines that it is about: what it stands beside, else what comes
 * next. A block, a list or an object that begins there is meant to its end.
 * @param text of a file that was parsed before, so that it is known to be right.
 */
export function remarksIn(text: string, file: string): Remark[] {
  // Few files have any, and scanning a file twice takes time.
  if (!text.includes("headgate:")) return [];
  // Terraform passes over a byte order mark.
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const place = placesOf(body, file);
  const lineOf = (offset: number): number => place(offset).line;
  const scanned = scan(body, "file", place);
  return scanned.comments.flatMap(({ start, end }) => {
    const said = MARK.exec(body.slice(start, end))?.[1];
    if (said === undefined) return [];
    const { line, column } = place(start);
    return [{ text: said.trim(), at: { file, line, column }, ...linesMeant(start, scanned, lineOf) }];
  });
}

function linesMeant(
  start: number,
  { tokens }: Scanned,
  lineOf: (offset: number) => number,
): { readonly from: number; readonly to: number } {
  const line = lineOf(start);
  const beside = tokens.findIndex((token) => isCode(token) && token.start < start && lineOf(token.start) === line);
  const first = beside === -1 ? tokens.findIndex((token) => isCode(token) && token.start > start) : beside;
  if (first === -1) return { from: line, to: line };
  return { from: lineOf(tokens[first]!.start), to: lineOf(tokens[lastOf(tokens, first)]!.start) };
}

function isCode({ type }: Token): boolean {
  return type !== "newline" && type !== "end";
}

/** The last token of the line that begins with one, and of what is opened in it. */
function lastOf(tokens: readonly Token[], first: number): number {
  let depth = 0;
  for (let at = first; at < tokens.length; at++) {
    const { type } = tokens[at]!;
    if (OPENING.has(type)) depth += 1;
    if (CLOSING.has(type)) depth -= 1;
    // A line that closes what was opened before it is all that is meant.
    if (!isCode(tokens[at]!) && depth <= 0) return Math.max(first, at - 1);
  }
  return tokens.length - 1;
}
