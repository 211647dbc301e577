import { LineCounter, isMap, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { Node, Pair } from "yaml";
import type { Change } from "../facts/finding.ts";
import type { Carried } from "./carried.ts";
import { placeOf } from "./hcl-change.ts";
import { breakOf, indentAt, isBlank, lineEndAt, lineStartAt } from "./lines.ts";
import { writtenInYaml } from "./written.ts";

interface List {
  readonly items: readonly unknown[];
  readonly flow: boolean;
  /** The `key: value` whose value it is. */
  readonly of: unknown;
}

interface Found {
  readonly node: Node;
  /** The `key: value` whose key or value stands there. */
  readonly pair: Pair<Node, Node | null> | undefined;
  /** A list in which it is an entry. */
  readonly list: List | undefined;
}

/** One change of a text in YAML. Comments and the form of the rest stay. */
export function changeInYaml(text: string, change: Change): Carried {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, keepSourceTokens: true });
  const { line, column } = placeOf(change);
  const offset = (lines.lineStarts[line - 1] ?? -1) + column - 1;
  const found = meant(allAt(document.contents, offset), change);
  if (found === undefined) return { refusal: "nothing that could be changed stands there" };
  if (change.kind === "delete") return deleted(text, found);
  if (change.kind === "set") return set(text, found.node, change.name, writtenInYaml(change.value));
  if (change.kind === "replace") {
    const node = found.pair?.value ?? found.node;
    if (!isScalar(node)) return { refusal: "no plain value stands there" };
    return [{ ...extentOf(node), text: writtenInYaml(change.value) }];
  }
  if (change.kind === "append") return append(text, found.pair?.value ?? found.node, change.values.map(writtenInYaml));
  return { refusal: "names in a contract are not changed" };
}

/** A map begins where its first key does: what is set is set in the map, an entry of a list goes whole. */
function meant(all: readonly Found[], { kind }: Change): Found | undefined {
  if (kind === "set") return all.find(({ node }) => isMap(node));
  return (kind === "delete" ? all.find(({ list }) => list !== undefined) : undefined) ?? all.at(-1);
}

/** Everything that begins at an offset, the outermost first. */
function allAt(root: Node | null, offset: number): Found[] {
  const all: Found[] = [];
  visit(root, (_, node, path) => {
    if (isPair(node)) {
      const pair = node as Pair<Node, Node | null>;
      if (pair.key.range?.[0] === offset) all.push({ node: pair.value ?? pair.key, pair, list: undefined });
      return;
    }
    if (!(isMap(node) || isSeq(node) || isScalar(node)) || node.range?.[0] !== offset) return;
    const parent = path.at(-1);
    const list = isSeq(parent) ? { items: parent.items, flow: parent.flow === true, of: path.at(-2) } : undefined;
    const pair = isPair(parent) ? (parent as Pair<Node, Node | null>) : undefined;
    // A key is met with its pair.
    if (pair?.key !== node) all.push({ node, pair, list });
  });
  return all;
}

function extentOf(node: Node): { start: number; end: number } {
  const [start, end] = node.range!;
  return { start, end };
}

function deleted(text: string, { node, pair, list }: Found): Carried {
  if (list === undefined && pair === undefined) return { refusal: "the whole contract stands there" };
  if (list?.items.length === 1) return deletedWithList(text, list);
  const start = (pair?.key ?? node).range![0];
  const end = node.range![1];
  const lineStart = lineStartAt(text, start);
  const ownsLines = /^[ \t]*(?:-[ \t]+)?$/.test(text.slice(lineStart, start)) && isBlank(tailOf(text, end));
  if (ownsLines && list?.flow !== true)
    return [{ start: lineStart, end: lineEndAt(text, Math.max(start, end - 1)), text: "" }];
  const comma = /^\s*,[ \t]*/.exec(text.slice(end));
  if (comma !== null) return [{ start, end: end + comma[0].length, text: "" }];
  const before = /,\s*$/.exec(text.slice(0, start));
  if (before === null) return { refusal: "it shares its line with something else" };
  return [{ start: start - before[0].length, end, text: "" }];
}

/** Without waivers the contract has none; another list has to have an entry. */
function deletedWithList(text: string, { of }: List): Carried {
  const pair = of as Pair<Node, Node | null>;
  if (!isPair(of) || !isScalar(pair.key) || pair.key.value !== "waivers" || pair.value === null)
    return { refusal: "it is the only entry of its list" };
  return deleted(text, { node: pair.value, pair, list: undefined });
}

/** What stands behind an offset on its line, without a comment. */
function tailOf(text: string, offset: number): string {
  if (text[offset - 1] === "\n") return "";
  return text.slice(offset, lineEndAt(text, offset)).replace(/\s#.*/, "");
}

function set(text: string, node: Node, name: string, value: string): Carried {
  if (!isMap(node)) return { refusal: "nothing with names stands there" };
  const there = node.items.find(({ key }) => isScalar(key) && key.value === name);
  if (there !== undefined) {
    if (!isScalar(there.value)) return { refusal: `${name} is no plain value` };
    return [{ ...extentOf(there.value), text: value }];
  }
  const last = node.items.at(-1)?.value as Node | null | undefined;
  if (last?.range == null) return { refusal: "nothing stands there that it could follow" };
  if (node.flow === true) return [{ start: last.range[1], end: last.range[1], text: `, ${name}: ${value}` }];
  const first = node.items[0]!.key as Node;
  const indent = " ".repeat(first.range![0] - lineStartAt(text, first.range![0]));
  const at = lineEndAt(text, Math.max(0, last.range[1] - 1));
  return [{ start: at, end: at, text: `${indent}${name}: ${value}${breakOf(text)}` }];
}

function append(text: string, node: Node, values: readonly string[]): Carried {
  if (!isSeq(node)) return { refusal: "no list stands there" };
  const last = node.items.at(-1) as Node | undefined;
  if (last?.range == null) return [{ ...extentOf(node), text: `[${values.join(", ")}]` }];
  if (node.flow === true)
    return [{ start: last.range[1], end: last.range[1], text: values.map((value) => `, ${value}`).join("") }];
  const at = lineEndAt(text, Math.max(0, last.range[1] - 1));
  const indent = indentAt(text, last.range[0]);
  return [{ start: at, end: at, text: values.map((value) => `${indent}- ${value}${breakOf(text)}`).join("") }];
}
