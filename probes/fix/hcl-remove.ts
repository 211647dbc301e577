import type { Carried, Replacement } from "./carried.ts";
import type { Argument, Block, Entry, HclTree, Piece, Span } from "./hcl-tree.ts";
import { isBlank, lineEndAt, lineStartAt } from "./lines.ts";

/** Lists that say nothing when they are empty: without its last entry the argument goes. */
const MAY_BE_LEFT_OUT = /headers|_to_(?:add|remove)$|^(?:allow_|expose_|ignore_changes|client_certs?)/;

/** Blocks that say nothing when they are empty. */
const SAYS_NOTHING_EMPTY = new Set(["header_action"]);

/** What goes when a piece is taken out: with its line where it has one alone, and a comment behind it. */
export function removed(tree: HclTree, piece: Piece): Carried {
  if (piece.kind === "entry") return removedEntry(tree, piece);
  if (piece.kind === "argument" && piece.isInObject) return [without(tree, piece)];
  if (isRepeated(piece)) return { refusal: "a dynamic block makes it, and others with it" };
  return [removedItem(tree, piece)];
}

function removedEntry(tree: HclTree, entry: Entry): Carried {
  const { items = [] } = entry.list;
  if (items.length > 1) return [without(tree, entry)];
  const { holder } = entry;
  if (holder === undefined || holder.isInObject || !MAY_BE_LEFT_OUT.test(holder.name))
    return {
      refusal: `it is the only entry of ${holder?.name ?? "its list"}: what is to become of that has to be decided`,
    };
  return removed(tree, holder);
}

/** An argument or a block; and the block around it, where that says nothing without. */
function removedItem(tree: HclTree, item: Argument | Block): Replacement {
  const { block } = item;
  const isAlone = block?.items.length === 1 && SAYS_NOTHING_EMPTY.has(block.type);
  const hasComment = isAlone && tree.comments.some(({ start }) => start >= block.open && start < block.close);
  if (isAlone && !hasComment && !isRepeated(block)) return removedItem(tree, block);
  return without(tree, item);
}

function isRepeated(item: Argument | Block): boolean {
  return item.kind === "block" && (item.type === "dynamic" || item.type === "content");
}

/** A comment, with its line where it has one alone. */
export function removedComment(text: string, { start, end }: Span): Carried {
  const lineStart = lineStartAt(text, start);
  if (isBlank(text.slice(lineStart, start))) return [{ start: lineStart, end: lineEndAt(text, end), text: "" }];
  const blanks = /[ \t]*$/.exec(text.slice(lineStart, start))![0];
  return [{ start: start - blanks.length, end, text: "" }];
}

/** A piece with what separates it from its neighbours. */
function without({ text, comments }: HclTree, { start, end }: Span): Replacement {
  const lineStart = lineStartAt(text, start);
  const behind = /^[ \t]*,?[ \t]*/.exec(text.slice(end))![0].length + end;
  const comment = comments.find((each) => each.start === behind);
  const lineEnd = lineEndAt(text, comment?.end ?? behind);
  // Behind a heredoc the comma stands on a line of its own.
  const isSeparated = !/^\s*\n\s*,/.test(text.slice(end));
  const ownsLines =
    isSeparated && isBlank(text.slice(lineStart, start)) && isBlank(text.slice(comment?.end ?? behind, lineEnd));
  return ownsLines ? wholeLines(text, lineStart, lineEnd) : inLine(text, { start, end });
}

/** Two blank lines that would meet become one, and none is left at the end of a block. */
function wholeLines(text: string, start: number, end: number): Replacement {
  const above = lineStartAt(text, Math.max(0, start - 1));
  const isBlankAbove = start > 0 && isBlank(text.slice(above, start));
  const isOpenAbove = /[{[(]\s*$/.test(text.slice(0, start));
  const below = lineEndAt(text, end);
  const next = text.slice(end, below);
  if (isBlankAbove && (isBlank(next) || /^\s*[}\])]/.test(next))) return { start: above, end, text: "" };
  return isOpenAbove && next !== "" && isBlank(next) ? { start, end: below, text: "" } : { start, end, text: "" };
}

function inLine(text: string, { start, end }: Span): Replacement {
  const comma = /^\s*,[ \t]*/.exec(text.slice(end));
  if (comma !== null) return { start, end: end + comma[0].length, text: "" };
  const before = /[{,]?\s*$/.exec(text.slice(0, start))![0];
  const after = /^\s*/.exec(text.slice(end))![0];
  if (before.startsWith("{") && text[end + after.length] === "}")
    return { start: start - before.length + 1, end: end + after.length, text: "" };
  return { start: before.startsWith(",") ? start - before.length : start, end, text: "" };
}
