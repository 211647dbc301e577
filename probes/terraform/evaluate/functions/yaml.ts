import { isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments } from "yaml";
import type { Node } from "yaml";
import { formatBigFloat, fromInteger, parseBigFloat } from "../big-float.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { NULL, bool, isCollection, isKeyed, number, object, text, tuple } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";

/** Most values that one document may make, its aliases followed. */
const MAX_NODES = 100_000;
const MAX_DEPTH = 200;

/** Words that YAML 1.1 reads as true or false. */
const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;

/**
 * The value of one YAML document, as Terraform's `yamldecode` reads it.
 * @throws EvaluationError for what is no YAML, for several documents, and for aliases that make too much of it.
 */
export function decodeYaml(written: string): Evaluated {
  const [document, another] = parseAllDocuments(written, { schema: "failsafe", merge: false, logLevel: "silent" });
  if (document === undefined || document.contents === null) throw new EvaluationError("holds no YAML document");
  if (another !== undefined) throw new EvaluationError("holds several YAML documents");
  const [error] = document.errors;
  if (error !== undefined) throw new EvaluationError(`is not valid YAML: ${error.message.split("\n")[0] ?? ""}`);
  const reader = new YamlReader((alias) => (isAlias(alias) ? alias.resolve(document) : undefined));
  return reader.value(document.contents, 0);
}

class YamlReader {
  private count = 0;
  private readonly resolve: (alias: Node) => Node | undefined;

  constructor(resolve: (alias: Node) => Node | undefined) {
    this.resolve = resolve;
  }

  value(node: unknown, depth: number): Evaluated {
    this.count += 1;
    if (this.count > MAX_NODES || depth > MAX_DEPTH)
      throw new EvaluationError("holds more values than are read, its aliases followed");
    if (isAlias(node)) {
      const target = this.resolve(node);
      if (target === undefined) throw new EvaluationError("holds an alias of nothing");
      return this.value(target, depth + 1);
    }
    if (isScalar(node)) return scalar(node.source ?? "", node.type, node.tag);
    if (isSeq(node)) return tuple(node.items.map((item) => this.value(item, depth + 1)));
    if (isMap(node)) return this.map(node.items, depth);
    return NULL;
  }

  private map(items: readonly unknown[], depth: number): Evaluated {
    const entries: [string, Evaluated][] = [];
    const merged: [string, Evaluated][] = [];
    for (const item of items) {
      if (!isPair(item)) continue;
      const key = this.value(item.key, depth + 1);
      if (isScalar(item.key) && item.key.source === "<<" && item.key.type === "PLAIN") {
        const under = this.value(item.value, depth + 1);
        for (const each of isCollection(under) ? [...under.items].reverse() : [under])
          if (isKeyed(each)) merged.push(...each.entries);
      } else entries.push([keyOf(key), this.value(item.value, depth + 1)]);
    }
    return object([...merged, ...entries]);
  }
}

function keyOf(key: Evaluated): string {
  if (key.kind === "string") return key.value;
  if (key.kind === "number") return formatBigFloat(key.value);
  if (key.kind === "bool") return String(key.value);
  throw new EvaluationError("holds a key that is no text");
}

function scalar(written: string, style: string | undefined, tag: string | undefined): Evaluated {
  if (tag === "tag:yaml.org,2002:str" || tag === "!") return text(written);
  if (tag === "tag:yaml.org,2002:binary") return text(written.replace(/\s/g, ""));
  if (style !== "PLAIN" && tag === undefined) return text(written);
  if (/^(?:|~|null|Null|NULL)$/.test(written)) return NULL;
  if (TRUE.test(written)) return bool(true);
  if (FALSE.test(written)) return bool(false);
  return plainNumber(written) ?? text(timestamp(written) ?? written);
}

/** A date or a time, in the forms that go-cty-yaml takes for one, becomes a text in the form of RFC 3339. */
function timestamp(written: string): string | undefined {
  const [, date, time, zone] =
    /^(\d{4}-\d\d?-\d\d?)(?:[Tt](\d\d?:\d\d?:\d\d?)(?:\.\d+)?(Z|[-+]\d\d:\d\d)|[ \t]+(\d\d?:\d\d?:\d\d?)(?:\.\d+)?)?$/
      .exec(written)
      ?.map((part: string | undefined, index, all: (string | undefined)[]) =>
        index === 2 ? (part ?? all[4]) : part,
      ) ?? [];
  if (date === undefined) return undefined;
  const two = (parts: string, separator: string): string =>
    parts
      .split(separator)
      .map((part) => part.padStart(2, "0"))
      .join(separator);
  const plain = `${two(date, "-")}T${two(time ?? "0:0:0", ":")}`;
  const at = Date.parse(`${plain}Z`);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 19) !== plain) return undefined;
  return `${plain}${zone ?? "Z"}`;
}

/** Numbers as go-cty-yaml reads them: 0x and 0o with their base, a leading 0 without meaning. */
function plainNumber(written: string): Evaluated | undefined {
  if (/^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(written))
    throw new EvaluationError("holds an infinity, or no number");
  if (/^0(?:x[0-9A-Fa-f]+|o[0-7]+)$/.test(written)) return number(fromInteger(BigInt(written)));
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(written)) return undefined;
  const value = parseBigFloat(written);
  return value === undefined ? undefined : number(value);
}

/** YAML as Terraform's `yamlencode` writes it: keys and texts quoted, lines of a text as a block. */
export function encodeYaml(value: Evaluated): string {
  const written = `${block(value, 0, false)}\n`;
  // A plain scalar alone has its end marked.
  return value.kind === "null" || value.kind === "number" || value.kind === "bool" ? `${written}...\n` : written;
}

function block(value: Evaluated, indent: number, isInSequence: boolean): string {
  const pad = " ".repeat(indent);
  const separator = `\n${pad}`;
  if (isCollection(value)) {
    if (value.items.length === 0) return "[]";
    return value.items.map((item) => `- ${block(item, indent + 2, true)}`).join(separator);
  }
  if (isKeyed(value)) {
    if (value.entries.size === 0) return "{}";
    return [...value.entries].map(([key, each]) => `${quoted(key)}:${under(each, indent)}`).join(separator);
  }
  return plain(value, isInSequence ? indent : indent + 2);
}

/** A sequence below a key stands at the key's own column. */
function under(value: Evaluated, indent: number): string {
  if (isCollection(value) && value.items.length > 0) return `\n${" ".repeat(indent)}${block(value, indent, false)}`;
  if (isKeyed(value) && value.entries.size > 0) return `\n${" ".repeat(indent + 2)}${block(value, indent + 2, false)}`;
  return ` ${plain(value, indent + 2)}`;
}

function plain(value: Evaluated, indent: number): string {
  if (value.kind === "string") return textBlock(value.value, indent);
  if (value.kind === "number") return formatBigFloat(value.value);
  if (value.kind === "bool") return String(value.value);
  if (isCollection(value)) return "[]";
  return isKeyed(value) ? "{}" : "null";
}

function textBlock(value: string, indent: number): string {
  if (!value.includes("\n") || / (?:\n|$)|[^\x20-\x7e\n\u00a0-\ud7ff\ue000-\uffff]/.test(value)) return quoted(value);
  // A text that begins with space needs its indentation said.
  const hint = /^[ \n]/.test(value) ? "2" : "";
  const chomping = !value.endsWith("\n") ? "-" : value.endsWith("\n\n") || value === "\n" ? "+" : "";
  const lines = (chomping === "-" ? value : value.slice(0, -1)).split("\n");
  return `|${hint}${chomping}\n${lines.map((line) => (line === "" ? "" : `${" ".repeat(indent)}${line}`)).join("\n")}`;
}

function quoted(value: string): string {
  return JSON.stringify(value).replace(/\u0085/g, "\\N");
}
