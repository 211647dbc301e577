import type { Change, Written } from "../facts/finding.ts";
import type { Provenance } from "../facts/provenance.ts";
import type { Carried } from "./carried.ts";
import { appended, inserted } from "./hcl-insert.ts";
import { removed, removedComment } from "./hcl-remove.ts";
import { treeOf } from "./hcl-tree.ts";
import type { HclTree, Piece } from "./hcl-tree.ts";
import { writtenInHcl } from "./written.ts";

/**
 * One change of a text in HCL. It is carried out only where the place holds what the change is about, written out: what an
 * expression makes, and what a `dynamic` block repeats, is refused.
 * @param text without a byte order mark, of a file that was parsed before.
 */
export function changeInHcl(text: string, change: Change): Carried {
  const tree = treeOf(text);
  const place = placeOf(change);
  const offset = offsetOf(text, place);
  const comment = tree.comments.find(({ start }) => start === offset);
  if (comment !== undefined && change.kind === "delete") return removedComment(text, comment);
  const piece = tree.pieces.get(offset);
  if (piece === undefined) return { refusal: "nothing that could be changed stands there" };
  return isMeant(piece, place)
    ? carriedOut(tree, piece, change)
    : { refusal: `${EXPRESSION}; change it where it is made` };
}

const EXPRESSION = "an expression makes what is found there";

/** The place that a change is about. */
export function placeOf(change: Change): Provenance {
  if (change.kind === "set") return change.in;
  return change.kind === "append" ? change.to : change.at;
}

function carriedOut(tree: HclTree, piece: Piece, change: Change): Carried {
  switch (change.kind) {
    case "delete":
      return removed(tree, piece);
    case "replace":
      return piece.kind === "block"
        ? { refusal: "a block stands there, and no value" }
        : [{ start: piece.value.start, end: piece.value.end, text: writtenInHcl(change.value) }];
    case "rename":
      return piece.kind === "argument"
        ? [{ start: piece.start, end: piece.nameEnd, text: change.name }]
        : { refusal: "no argument stands there" };
    case "set":
      return set(tree, piece, change);
    case "append":
      return piece.kind === "block" || piece.value.items === undefined
        ? { refusal: "no list that is written out stands there" }
        : appended(tree, piece.value, piece.value.items, change.values.map(writtenInHcl));
  }
}

function set(
  tree: HclTree,
  piece: Piece,
  { name, value }: { readonly name: string; readonly value: Written },
): Carried {
  if (piece.kind !== "block") return { refusal: "no block stands there" };
  const text = writtenInHcl(value);
  if (piece.type === "dynamic") return { refusal: "a dynamic block stands there, which repeats it" };
  const there = piece.items.find((item) => item.kind === "argument" && item.name === name);
  if (there?.kind === "argument") return [{ start: there.value.start, end: there.value.end, text }];
  return inserted(tree, piece, `${name} = ${text}`);
}

/** `path[3]` is an entry of a list or one of several blocks; else what stands there has the name that the path ends with. */
function isMeant(piece: Piece, { attribute }: Provenance): boolean {
  const [, name = "", index] = /([\w-]*)((?:\[[^\]]*\])?)$/.exec(attribute) ?? [];
  if (attribute === "") return piece.kind === "block";
  if (piece.kind === "block") return piece.type === name || piece.type === "content";
  return piece.kind === "entry" ? index !== "" : index === "" && piece.name === name;
}

/** Offset of a line and a column, both from 1; -1 where there is no such line. */
function offsetOf(text: string, { line, column }: Provenance): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    start = text.indexOf("\n", start) + 1;
    if (start === 0) return -1;
  }
  return start + column - 1;
}
