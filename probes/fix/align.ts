import type { TokenType } from "../terraform/syntax/hcl/token.ts";
import { treeOf } from "./hcl-tree.ts";

/** A line, cut as `terraform fmt` cuts it: what stands before `=`, from there on, and a comment that ends it. */
interface Line {
  readonly start: number;
  lead: string;
  assign: string | undefined;
  comment: string | undefined;
  readonly tail: string;
}

const OPENING = new Set<TokenType>(["{", "[", "(", "open-interpolation", "open-directive"]);
const CLOSING = new Set<TokenType>(["}", "]", ")", "close-template"]);

/**
 * Aligns `=` and the comments of neighbouring lines as `terraform fmt` does, and changes nothing else.
 * @param text of a file that can be parsed.
 */
export function aligned(text: string): string {
  const lines = linesOf(text);
  forChains(lines, ({ assign }) => assign !== undefined, alignAssignments);
  forChains(lines, ({ comment }) => comment !== undefined, alignComments);
  return lines.map(({ lead, assign = "", comment = "", tail }) => lead + assign + comment + tail).join("");
}

function alignAssignments(chain: readonly Line[]): void {
  const width = Math.max(...chain.map(({ lead }) => columns(lead.trimEnd())));
  for (const line of chain) line.lead = padded(line.lead.trimEnd(), width + 1);
}

function alignComments(chain: readonly Line[]): void {
  const codes = chain.map(({ lead, assign = "" }) => (lead + assign).trimEnd());
  const width = Math.max(...codes.map(columns));
  for (const [index, line] of chain.entries()) {
    line.lead = padded(codes[index]!, width + 1);
    line.assign = "";
  }
}

function forChains(lines: readonly Line[], isIn: (line: Line) => boolean, act: (chain: readonly Line[]) => void): void {
  let chain: Line[] = [];
  for (const line of lines) {
    if (isIn(line)) chain.push(line);
    else {
      if (chain.length > 0) act(chain);
      chain = [];
    }
  }
  if (chain.length > 0) act(chain);
}

/** A text or a comment that runs over several lines makes one line of them all. */
function linesOf(text: string): Line[] {
  const { tokens, comments } = treeOf(text);
  const lines: Line[] = [];
  let start = 0;
  let own: (typeof tokens)[number][] = [];
  for (const token of tokens) {
    if (token.type !== "newline" && token.type !== "end") own.push(token);
    else {
      lines.push(lineOf(text, start, token.end, { own, comments }));
      start = token.end;
      own = [];
    }
  }
  return lines;
}

interface Inside {
  readonly own: readonly { readonly type: TokenType; readonly start: number; readonly end: number }[];
  readonly comments: readonly { readonly start: number; readonly end: number }[];
}

function lineOf(text: string, start: number, end: number, { own, comments }: Inside): Line {
  const whole = text.slice(start, end);
  const tail = /[ \t]*\r?\n?$/.exec(whole)![0];
  const behind = own.at(-1)?.end ?? start;
  const last = comments.find((each) => each.start >= behind && each.start < end);
  // A line that is a comment alone is not moved.
  const commentAt = last === undefined || own.length === 0 ? undefined : last.start;
  const codeEnd = commentAt ?? end - tail.length;
  const comment = commentAt === undefined ? undefined : text.slice(commentAt, end - tail.length);
  const equals = own.findIndex(({ type }, index) => index > 0 && type === "=");
  const depth = own
    .slice(equals)
    .reduce((sum, { type }) => sum + (OPENING.has(type) ? 1 : CLOSING.has(type) ? -1 : 0), 0);
  if (equals === -1 || depth !== 0)
    return { start, lead: text.slice(start, codeEnd), assign: undefined, comment, tail };
  const at = own[equals]!.start;
  return { start, lead: text.slice(start, at), assign: text.slice(at, codeEnd), comment, tail };
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

/** Code points, which comes near to what Terraform counts. */
function columns(text: string): number {
  return [...text].length;
}
