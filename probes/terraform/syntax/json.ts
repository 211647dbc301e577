import { parseTree, printParseErrorCode } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import { ConfigurationError } from "../configuration-error.ts";
import { hclParser, isOverrideFile } from "./hcl.ts";
import { JsonExpressions, entriesOf } from "./json-expressions.ts";
import type { JsonEntry } from "./json-expressions.ts";
import { TOP_LEVEL, ruleUnder } from "./json-rules.ts";
import type { JsonRule } from "./json-rules.ts";
import { refuseDepth } from "./json-depth.ts";
import { placesOf } from "./place.ts";
import type { Attribute, Block, Body, Place, SourceFile } from "./syntax.ts";

/** Longest text that is read, in UTF-16 units: synthesized JSON is large. */
export const MAX_JSON_LENGTH = 64 * 1024 * 1024;

/** What a block's key leads to, on the way to its bodies. */
interface Level {
  readonly type: string;
  readonly rule: JsonRule;
  readonly left: number;
  readonly labels: readonly string[];
  readonly at: Place;
}

/**
 * A configuration file in JSON. Keys of the top level that Terraform knows are blocks with their labels; what stands in
 * them stays attributes; a key that it does not know is an attribute of the top level.
 * @throws ConfigurationError with file, line and column for what is not JSON, for a key that stands twice, and for what
 * Terraform would refuse.
 */
export function parseJson(text: string, file: string, parser = hclParser): SourceFile {
  const place = placesOf(text, file);
  const root = readTree(text, place);
  const reader = new BlockReader(new JsonExpressions(text, place, parser));
  const objects = root.type === "array" ? (root.children ?? []) : [root];
  const items = objects.flatMap((object, index) => reader.topLevel(object, root.type === "array" ? `/${index}` : ""));
  return { file, body: { items, at: { ...place(root.offset), pointer: "" } }, isOverride: isOverrideFile(file) };
}

class BlockReader {
  private readonly expressions: JsonExpressions;

  constructor(expressions: JsonExpressions) {
    this.expressions = expressions;
  }

  topLevel(object: Node, pointer: string): (Attribute | Block)[] {
    if (object.type !== "object")
      this.fail(
        object,
        "Root value must be object; The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.",
      );
    return entriesOf(object, pointer).flatMap((entry): (Attribute | Block)[] => {
      const known = TOP_LEVEL.get(entry.name);
      if (known === undefined) return entry.name === "//" ? [] : [this.expressions.attribute(entry, "template")];
      const at = this.expressions.at(entry.key, entry.pointer);
      return this.blocks(entry, { type: entry.name, rule: known.rule, left: known.labels, labels: [], at });
    });
  }

  private blocks(entry: JsonEntry, level: Level): Block[] {
    if (level.left === 0) return this.bodies(entry, level);
    const { node, pointer } = entry;
    const objects = node.type === "array" ? (node.children ?? []) : [node];
    const inner = objects.flatMap((object, index) => {
      if (object.type !== "object") this.refuseLabel(object, level);
      return entriesOf(object, node.type === "array" ? `${pointer}/${index}` : pointer);
    });
    if (inner.length === 0) this.refuseLabel(node, level);
    return inner.flatMap((each) =>
      this.blocks(each, {
        ...level,
        left: level.left - 1,
        labels: [...level.labels, each.name],
        at: this.expressions.at(each.key, each.pointer),
      }),
    );
  }

  /** `null` is no block at all, and a list is a block each. */
  private bodies({ node, pointer }: JsonEntry, { type, labels, rule, at }: Level): Block[] {
    if (node.type === "null") return [];
    if (node.type === "array")
      return (node.children ?? []).map((each, index) => {
        const inner = `${pointer}/${index}`;
        return { kind: "block", type, labels, body: this.body(each, inner, rule), at: { ...at, pointer: inner } };
      });
    return [{ kind: "block", type, labels, body: this.body(node, pointer, rule), at }];
  }

  private body(node: Node, pointer: string, rule: JsonRule): Body {
    if (node.type !== "object")
      this.fail(
        node,
        "Incorrect JSON value type; A JSON object is required here, setting the arguments for this block.",
      );
    const entries = entriesOf(node, pointer);
    const items = entries
      .filter(({ name }) => name !== "//")
      .map((entry) => this.expressions.attribute(entry, ruleUnder(rule, entry.name)));
    const path = constructPath(entries.find(({ name }) => name === "//")?.node);
    const at = this.expressions.at(node, pointer);
    return { items, at, ...(path !== undefined && { metadata: { path } }) };
  }

  private refuseLabel(node: Node, { type, labels }: Level): never {
    const what = labels.length === 0 && TOP_LEVEL.get(type)!.labels === 2 ? "type" : "name";
    this.fail(
      node,
      `Missing block label; At least one object property is required, whose name represents the ${type} block's ${what}.`,
    );
  }

  private fail(node: Node, message: string): never {
    throw new ConfigurationError(message, this.expressions.at(node, ""));
  }
}

function constructPath(comment: Node | undefined): string | undefined {
  const under = (node: Node | undefined, key: string): Node | undefined =>
    node?.type === "object" ? entriesOf(node, "").find(({ name }) => name === key)?.node : undefined;
  const path: unknown = under(under(comment, "metadata"), "path")?.value;
  return typeof path === "string" ? path : undefined;
}

function readTree(text: string, place: (offset: number) => Place): Node {
  if (text.length > MAX_JSON_LENGTH)
    throw new ConfigurationError(`is ${text.length} characters long; at most ${MAX_JSON_LENGTH} are read`, place(0));
  refuseDepth(text, place);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  const [error] = errors;
  if (root === undefined || error !== undefined)
    throw new ConfigurationError(
      error === undefined || text.trim() === ""
        ? "is empty; an empty configuration in JSON is {}"
        : `is not valid JSON: ${printParseErrorCode(error.error)}`,
      place(error?.offset ?? 0),
    );
  refuseDuplicateKeys(root, place);
  return root;
}

/** JSON lets a key stand twice and readers disagree on which one counts. */
function refuseDuplicateKeys(root: Node, place: (offset: number) => Place): void {
  const nodes = [root];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const children = node.children ?? [];
    if (node.type === "object" && children.length > 1) refuseSecondKey(children, place);
    for (const inner of children) if (inner.children !== undefined) nodes.push(inner);
  }
}

function refuseSecondKey(properties: readonly Node[], place: (offset: number) => Place): void {
  const seen = new Map<unknown, Node>();
  for (const { children } of properties) {
    const key = children?.[0];
    if (key === undefined) continue;
    const first = seen.get(key.value);
    if (first !== undefined) {
      const { line, column } = place(first.offset);
      throw new ConfigurationError(
        `key ${JSON.stringify(key.value)} stands twice; it stood first at ${line}:${column}`,
        place(key.offset),
      );
    }
    seen.set(key.value, key);
  }
}
