import { LineCounter, isMap, isPair, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Node } from "yaml";
import type { Position } from "./contract.ts";

export type Path = readonly (string | number)[];

/** A YAML text with the place of every key and value. */
export interface LocatedYaml {
  readonly value: unknown;
  readonly errors: readonly { readonly at: Position; readonly message: string }[];
  /** Place of the value at `path`, or of the nearest ancestor that exists. */
  readonly at: (path: Path) => Position;
  /** Place of the key that ends `path`. */
  readonly keyAt: (path: Path) => Position;
}

/** Parses YAML 1.2; syntax errors and duplicate keys become located errors. Fewer than 100 aliases may be expanded. */
export function parseLocated(text: string, file: string): LocatedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const errors = document.errors.map((error) => ({ at: place(error.pos[0]), message: error.message }));
  // A duplicate key leaves the rest of the document readable, so its other problems are still worth telling.
  const readable = document.errors.every((error) => error.code === "DUPLICATE_KEY");
  const { value, bomb } = readable ? toPlain(document) : {};
  if (bomb !== undefined) errors.push({ at: place(0), message: bomb });
  return {
    value,
    errors,
    at: (path) => place(offsetOf(document, path)),
    keyAt: (path) => place(keyOffsetOf(document, path) ?? offsetOf(document, path)),
  };
}

function toPlain(document: Document): { value?: unknown; bomb?: string } {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (cause) {
    return { bomb: (cause as Error).message };
  }
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const offset = (node as Node | undefined)?.range?.[0];
    if (offset !== undefined) return offset;
  }
  return 0;
}

function keyOffsetOf(document: Document, path: Path): number | undefined {
  const key = path.at(-1);
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isSeq(parent)) return undefined;
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
  );
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}
