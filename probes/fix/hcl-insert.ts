import type { Carried } from "./carried.ts";
import type { Block, Entry, HclTree, Span } from "./hcl-tree.ts";
import { breakOf, indentAt, isBlank, lineEndAt, lineStartAt } from "./lines.ts";

const STEP = "  ";

/** An argument that a block does not have yet: behind the arguments that it begins with. */
export function inserted({ text }: HclTree, block: Block, line: string): Carried {
  const feed = breakOf(text);
  const indent = indentAt(text, block.start);
  const isOneLine = !text.slice(block.open, block.close).includes("\n");
  if (isOneLine) {
    const own = text.slice(block.open, block.close).trim();
    const lines = [...(own === "" ? [] : [own]), line].map((each) => `${feed}${indent}${STEP}${each}`);
    return [{ start: block.open, end: block.close, text: `${lines.join("")}${feed}${indent}` }];
  }
  const firstBlock = block.items.findIndex(({ kind }) => kind === "block");
  const head = firstBlock === -1 ? block.items : block.items.slice(0, firstBlock);
  const last = head.at(-1);
  const at = lineEndAt(text, last?.end ?? block.open);
  const written = `${last === undefined ? indent + STEP : indentAt(text, last.start)}${line}${feed}`;
  const separates = last === undefined && block.items.length > 0 && !isBlank(text.slice(at, lineEndAt(text, at)));
  return [{ start: at, end: at, text: separates ? `${written}${feed}` : written }];
}

/** Entries at the end of a list that is written out. */
export function appended({ text }: HclTree, list: Span, items: readonly Entry[], values: readonly string[]): Carried {
  const last = items.at(-1);
  if (last === undefined) return [{ start: list.start, end: list.end, text: `[${values.join(", ")}]` }];
  const ownsLine = isBlank(text.slice(lineStartAt(text, last.start), last.start));
  if (!ownsLine) return [{ start: last.end, end: last.end, text: values.map((value) => `, ${value}`).join("") }];
  const comma = /^\s*,/.exec(text.slice(last.end));
  const behind = last.end + (comma?.[0].length ?? 0);
  const at = lineEndAt(text, behind);
  const lines = values.map((value) => `${indentAt(text, last.start)}${value},${breakOf(text)}`);
  return [
    ...(comma === null ? [{ start: last.end, end: last.end, text: "," }] : []),
    { start: at, end: at, text: lines.join("") },
  ];
}
