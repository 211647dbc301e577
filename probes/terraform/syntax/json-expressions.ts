import type { Node } from "jsonc-parser";
import type { HclParser } from "./hcl.ts";
import { ruleUnder } from "./json-rules.ts";
import type { JsonRule } from "./json-rules.ts";
import type { PlaceOf } from "./place.ts";
import type { Attribute, Expression, ObjectEntry, Place } from "./syntax.ts";

export interface JsonEntry {
  readonly name: string;
  readonly key: Node;
  readonly node: Node;
  /** JSON pointer of the value. */
  readonly pointer: string;
}

/** What a JSON value says as an expression, by the rule of its place. */
export class JsonExpressions {
  private readonly text: string;
  private readonly place: PlaceOf;
  private readonly parser: HclParser;

  constructor(text: string, place: PlaceOf, parser: HclParser) {
    this.text = text;
    this.place = place;
    this.parser = parser;
  }

  at(node: Node, pointer: string): Place {
    return { ...this.place(node.offset), pointer };
  }

  attribute(entry: JsonEntry, rule: JsonRule): Attribute {
    const value = this.value(entry.node, entry.pointer, rule);
    return { kind: "attribute", name: entry.name, value, at: this.at(entry.key, entry.pointer) };
  }

  private value(node: Node, pointer: string, rule: JsonRule): Expression {
    if (node.type === "string") return this.string(node, pointer, rule);
    const written = { at: this.at(node, pointer), text: this.written(node) };
    if (node.type === "object") {
      const entries = entriesOf(node, pointer).filter(({ name }) => name !== "//");
      return { kind: "object", entries: entries.map((entry) => this.entry(entry, rule)), ...written };
    }
    if (node.type === "array") {
      const items = (node.children ?? []).map((each, index) => this.value(each, `${pointer}/${index}`, rule));
      return { kind: "tuple", items, ...written };
    }
    return { kind: "literal", value: node.value as number | boolean | null, ...written };
  }

  private entry({ name, key, node, pointer }: JsonEntry, rule: JsonRule): ObjectEntry {
    // Of references alone, such as a module's providers, the key is one too; elsewhere only a value can be.
    const keyRule = rule === "literal" ? "literal" : "template";
    return { key: this.string(key, pointer, keyRule), value: this.value(node, pointer, ruleUnder(rule, name)) };
  }

  private string(node: Node, pointer: string, rule: JsonRule): Expression {
    const text = String(node.value);
    if (rule === "literal") return this.literal(node, pointer, text);
    if (rule === "expression" || (rule === "keyword" && /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(text)))
      return this.parser.parseExpressionAt(text, this.placeIn(node, pointer));
    // Without these there is nothing to replace and nothing to unescape.
    if (!/[$%]\{/.test(text)) return this.literal(node, pointer, text);
    // The text as a whole stands where its quote does, also when one expression is all of it.
    return { ...this.parser.parseTemplateAt(text, this.placeIn(node, pointer)), at: this.at(node, pointer) };
  }

  private literal(node: Node, pointer: string, text: string): Expression {
    return { kind: "literal", value: text.normalize("NFC"), at: this.at(node, pointer), text: this.written(node) };
  }

  private written(node: Node): string {
    return this.text.slice(node.offset, node.offset + node.length);
  }

  /** Places of a text's characters, in the file where some of them are escaped. */
  private placeIn(node: Node, pointer: string): PlaceOf {
    const start = node.offset + 1;
    const isPlain = node.length === String(node.value).length + 2;
    const offsets = isPlain
      ? undefined
      : [
          ...this.written(node)
            .slice(1, -1)
            .matchAll(/\\u.{4}|\\.|[^]/g),
        ];
    return (offset) => {
      const within = offsets === undefined ? offset : (offsets[offset]?.index ?? node.length - 2);
      return { ...this.place(start + within), pointer };
    };
  }
}

/** The keys and values of an object, with the pointer of each value. */
export function entriesOf(node: Node, pointer: string): JsonEntry[] {
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) return [];
    const name = String(key.value);
    return [{ name, key, node: value, pointer: `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}` }];
  });
}
