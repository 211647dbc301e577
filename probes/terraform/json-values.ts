import { parseTree, printParseErrorCode } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import type { ConstructSource, Provenance, Unknown } from "../facts/provenance.ts";
import { PLACEHOLDER } from "./graph.ts";
import type { Resource, Value } from "./graph.ts";
import { ConfigurationError } from "./configuration-error.ts";

const REFERENCE = /^\$\{([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.([a-z_]+)\}$/;

// An expression that is not escaped: `${…}` or `%{…}`, braces inside one level deep.
const EXPRESSION = /(?<!\$)\$\{(?:[^{}]|\{[^{}]*\})*\}|(?<!%)%\{(?:[^{}]|\{[^{}]*\})*\}/;

/** Keys of a root module that make no resource. */
const QUIET_KEYS = new Set([
  "//",
  "output",
  "provider",
  "resource",
  "terraform",
  "variable",
  "locals",
  "data",
  "check",
  "moved",
  "removed",
  "import",
]);

export interface JsonConfiguration {
  readonly resources: readonly Resource[];
  readonly unknowns: readonly Unknown[];
}

/**
 * One JSON configuration file, every value with its line and column. What may create resources and is not read here, a
 * module for one, is an unknown.
 * @throws ConfigurationError for what is not JSON, and for a key or a resource that stands twice.
 */
export function readJsonConfiguration(
  text: string,
  file: string,
  constructOf: (path: string) => ConstructSource | undefined,
): JsonConfiguration {
  const place = lineIndex(text, file);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  if (errors.length > 0 || root === undefined) {
    const at = place(errors[0]?.offset ?? 0);
    const what = errors[0] === undefined ? "is empty" : `is not valid JSON: ${printParseErrorCode(errors[0].error)}`;
    throw new ConfigurationError(`${what}; synthesize again`, at);
  }
  refuseDuplicateKeys(root, place);
  const resources = blockEntries(child(root, "resource")).flatMap(([type, named]) =>
    blockEntries(named).map(([name, body]) => toResource(type, name, body, place, constructOf)),
  );
  const seen = new Set<string>();
  const twice = resources.find(({ address }) => seen.size === seen.add(address).size);
  if (twice !== undefined) throw new ConfigurationError(`resource ${twice.address} stands twice`, twice.body.by);
  const unknowns = entriesOf(root)
    .filter(([key]) => !QUIET_KEYS.has(key))
    .map(([key, node]): Unknown => ({
      kind: "unknown",
      reason: "may create resources and is not read",
      by: { address: key, attribute: "", ...place(node.offset) },
    }));
  return { resources, unknowns };
}

function toResource(
  type: string,
  name: string,
  written: Node,
  place: PlaceFinder,
  constructOf: (path: string) => ConstructSource | undefined,
): Resource {
  const address = `${type}.${name}`;
  // A block may also be written as a list of one.
  const body = written.type === "array" && written.children?.length === 1 ? written.children[0]! : written;
  const construct = constructOf(constructPath(body) ?? "");
  const base = { address, ...(construct !== undefined && { construct }) };
  const value = toValue(body, "", (node, attribute) => ({ ...base, attribute, ...place(node.offset) }));
  if (value.kind !== "object") throw new ConfigurationError(`resource ${address} is not an object`, place(body.offset));
  return { address, type, name, body: value };
}

/** JSON lets a key stand twice and readers disagree on which one counts. */
function refuseDuplicateKeys(node: Node, place: PlaceFinder): void {
  const keys = new Set<unknown>();
  for (const inner of node.children ?? []) {
    const key = node.type === "object" ? inner.children?.[0] : undefined;
    if (key !== undefined && keys.has(key.value)) {
      throw new ConfigurationError(`key ${JSON.stringify(key.value)} stands twice`, place(key.offset));
    }
    keys.add(key?.value);
    refuseDuplicateKeys(inner, place);
  }
}

/** Entries of an object, or of every object in a list: Terraform's JSON allows both for blocks with labels. */
function blockEntries(node: Node | undefined): [string, Node][] {
  return node?.type === "array" ? (node.children ?? []).flatMap(entriesOf) : entriesOf(node);
}

type PlaceFinder = (offset: number) => { file: string; line: number; column: number };
type PlaceOf = (node: Node, attribute: string) => Provenance;

function toValue(node: Node, attribute: string, placeOf: PlaceOf): Value {
  const by = placeOf(node, attribute);
  if (node.type === "object") {
    const entries = entriesOf(node).filter(([key]) => key !== "//");
    const path = (key: string): string => (attribute === "" ? key : `${attribute}.${key}`);
    return {
      kind: "object",
      entries: new Map(entries.map(([key, inner]) => [key, toValue(inner, path(key), placeOf)])),
      by,
    };
  }
  if (node.type === "array") {
    const items = (node.children ?? []).map((inner, index) => toValue(inner, `${attribute}[${index}]`, placeOf));
    return { kind: "list", items, by };
  }
  if (node.type === "string") return textValue(String(node.value), by);
  return { kind: "literal", value: node.value as number | boolean | null, by };
}

/** A JSON text of Terraform is a template: a lone reference is an edge, other expressions are not evaluated here. */
function textValue(text: string, by: Provenance): Value {
  const reference = REFERENCE.exec(text);
  if (reference !== null && !["var", "local", "each", "count", "data", "module"].includes(reference[1]!)) {
    return { kind: "reference", address: `${reference[1]!}.${reference[2]!}`, attribute: reference[3]!, by };
  }
  const pieces = text.split(EXPRESSION);
  if (pieces.length > 1)
    return { kind: "template", text: pieces.map(unescape).join(PLACEHOLDER), expression: text, by };
  return { kind: "literal", value: unescape(text), by };
}

/** In a template, `$${` and `%%{` stand for `${` and `%{`. */
function unescape(text: string): string {
  return text.replaceAll("$${", "${").replaceAll("%%{", "%{");
}

function constructPath(body: Node): string | undefined {
  const metadata = [body].flatMap((node) => entriesOf(child(node, "//"))).find(([key]) => key === "metadata")?.[1];
  const path: unknown = metadata === undefined ? undefined : child(metadata, "path")?.value;
  return typeof path === "string" ? path : undefined;
}

function child(node: Node | undefined, key: string): Node | undefined {
  return entriesOf(node).find(([own]) => own === key)?.[1];
}

function entriesOf(node: Node | undefined): [string, Node][] {
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key !== undefined && value !== undefined ? [[String(key.value), value] as [string, Node]] : [];
  });
}

/** Offset → file, line and column, both from 1, by binary search over line starts. */
export function lineIndex(text: string, file: string): PlaceFinder {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: offset - starts[low]! + 1 };
  };
}
