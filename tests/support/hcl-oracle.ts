import { getExpressionAst, parse } from "@cdktn/hcl2json";
import { hclParser } from "../../probes/terraform/syntax/hcl.ts";
import type { Block, Body, Expression } from "../../probes/terraform/syntax/syntax.ts";

/** A node of HashiCorp's own tree, as hcl2json gives it: offsets are bytes of the expression's text. */
interface Ast {
  readonly type: string;
  readonly children: readonly Ast[] | null;
  readonly range: { readonly start: { readonly byte: number }; readonly end: { readonly byte: number } };
  readonly meta: Readonly<Record<string, unknown>> | null;
}

interface Step {
  readonly type: "nameTraversal" | "indexTraversal";
  readonly segment?: string;
}

/**
 * What HashiCorp's parser makes of a file: read, refused with its message, or neither, where the syntax is right and what
 * hcl2json does next fails (it computes operations on constants, and has no JSON for blocks with three labels).
 */
export async function readByHashicorp(
  text: string,
): Promise<
  | { readonly kind: "read"; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: "refused" | "parsed only"; readonly message: string }
> {
  try {
    return { kind: "read", value: await parse("a.tf", text) };
  } catch (error) {
    const { message } = error as Error;
    return { kind: message.startsWith("parse config") ? "refused" : "parsed only", message };
  }
}

/** The shape of an expression as HashiCorp's parser sees it; texts are left out, names carry their offset. */
export async function shapeByHashicorp(text: string): Promise<unknown> {
  const tree = (await getExpressionAst("a.tf", text)) as unknown as Ast | null;
  return tree === null ? null : astShape(tree, Buffer.from(text));
}

/** The same of ours, for an expression that begins at an offset of a text. */
export function shapeOf(expression: Expression, text: string, start: number): unknown {
  const lines = text.split("\n");
  const offset = ({ at }: Expression): number => {
    const before = lines.slice(0, at.line - 1).reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
    return (
      before + Buffer.byteLength(lines[at.line - 1]!.slice(0, at.column - 1)) - Buffer.byteLength(text.slice(0, start))
    );
  };
  const shape = (e: Expression | undefined): unknown => {
    if (e === undefined) return null;
    switch (e.kind) {
      case "literal":
        return typeof e.value === "string" ? "text" : ["literal", String(e.value), offset(e)];
      case "name":
        return ["name", e.name, offset(e)];
      case "each-item":
        return "each-item";
      case "attribute":
        return ["attribute", shape(e.of), e.name];
      case "index":
        return ["index", shape(e.of), keyShape(shape(e.key))];
      case "splat":
        return ["splat", shape(e.of), shape(e.each)];
      case "call":
        return ["call", e.name, e.expands, ...e.args.map(shape)];
      case "conditional":
        return ["if", shape(e.condition), shape(e.yes), shape(e.no)];
      case "unary":
        return ["unary", e.operator, shape(e.operand)];
      case "binary":
        return ["binary", e.operator, shape(e.left), shape(e.right)];
      case "tuple":
        return ["tuple", ...e.items.map(shape)];
      case "object":
        return [
          "object",
          ...e.entries.map(({ key, value }) => [key.kind === "literal" ? "key" : shape(key), shape(value)]),
        ];
      case "for":
        return [
          "for",
          e.key ?? "",
          e.item,
          e.groups,
          // eslint-disable-next-line @typescript-eslint/unbound-method -- the node's own property, not Object's method
          ...[e.over, e.keyOf, e.valueOf, e.condition].flatMap((each) => (each === undefined ? [] : [shape(each)])),
        ];
      case "template":
        return templateShape(e.parts.map(shape));
      case "template-if":
        return [
          "template-if",
          shape(e.condition),
          contentShape(e.yes, shape),
          e.no === undefined ? "text" : contentShape(e.no, shape),
        ];
      case "template-for":
        return ["template-for", e.key ?? "", e.item, shape(e.over), contentShape(e.body, shape)];
    }
  };
  return shape(expression);
}

function contentShape(content: Expression, shape: (e: Expression) => unknown): unknown {
  return content.kind === "template" ? shape(content) : "text";
}

/** Constant keys are steps in HashiCorp's tree, and hcl2json leaves out those that are neither text nor number. */
function keyShape(shape: unknown): unknown {
  if (!Array.isArray(shape) || shape[0] !== "literal") return shape;
  return ["key", Number.isNaN(Number(shape[1])) ? "?" : shape[1]];
}

const OPERATORS: Readonly<Record<string, string>> = {
  add: "+",
  subtract: "-",
  multiply: "*",
  divide: "/",
  modulo: "%",
  equal: "==",
  notEqual: "!=",
  lessThan: "<",
  lessThanOrEqual: "<=",
  greaterThan: ">",
  greaterThanOrEqual: ">=",
  logicalAnd: "&&",
  logicalOr: "||",
  logicalNot: "!",
  negate: "-",
};

function astShape(node: Ast, text: Buffer): unknown {
  const children = node.children ?? [];
  const inner = (): unknown[] => children.map((each) => astShape(each, text));
  const meta = node.meta ?? {};
  const operator = OPERATORS[String(meta["operator"])] ?? meta["operator"];
  switch (node.type) {
    case "":
      return children.length === 0 ? "each-item" : astShape(children[0]!, text);
    case "templateWrap":
      return astShape(children[0]!, text);
    case "literalValue":
      return meta["type"] === "string"
        ? "text"
        : ["literal", literalText(String(meta["value"])), node.range.start.byte];
    case "scopeTraversal": {
      const [root, ...steps] = meta["traversal"] as Step[];
      return follow(["name", root!.segment, node.range.start.byte], steps);
    }
    case "relativeTraversal":
      return follow(astShape(children[0]!, text), meta["traversal"] as Step[]);
    case "index":
      return ["index", astShape(children[0]!, text), keyShape(astShape(children[1]!, text))];
    case "splat":
      return ["splat", ...inner()];
    case "function":
      return ["call", meta["name"], meta["expandedFinalArgument"], ...inner()];
    case "conditional":
      return children[1]?.type === "template" && isDirective(node, text)
        ? ["template-if", ...[astShape(children[0]!, text), ...children.slice(1).map((each) => content(each, text))]]
        : ["if", ...inner()];
    case "unaryOp":
      return ["unary", operator, ...inner()];
    case "binaryOp":
      return ["binary", operator, ...inner()];
    case "tuple":
      return ["tuple", ...inner()];
    case "object":
      return ["object", ...pairs(children).map(([key, value]) => [keyOf(key, text), astShape(value, text)])];
    case "for":
      return ["for", meta["keyVar"], meta["valVar"], meta["groupedValue"], ...inner()];
    case "template":
      return templateShape(inner());
    case "templateJoin": {
      const loop = children[0]!;
      const [over, body] = loop.children!;
      return ["template-for", loop.meta!["keyVar"], loop.meta!["valVar"], astShape(over!, text), content(body!, text)];
    }
    default:
      return ["?", node.type];
  }
}

/** `%{ if }` and `? :` are one kind of node; only the one begins with a directive. */
function isDirective(node: Ast, text: Buffer): boolean {
  return String(node.meta?.["value"]).startsWith("%{") || text.length === 0;
}

/**
 * Whether a template says what hcl2json made of it: a template again, with escapes resolved and white space trimmed. It
 * leaves out an `else` that is empty, and what trimming left nothing of.
 */
export function saysTheSame(expression: Expression, given: unknown): boolean {
  const again = hclParser.parseTemplate(String(given), { file: "given", line: 1, column: 1 });
  return JSON.stringify(said(again)) === JSON.stringify(said(expression));
}

function said(e: Expression | undefined): unknown {
  if (e === undefined || (e.kind === "literal" && e.value === "")) return "";
  if (e.kind === "template") return e.parts.length === 1 ? said(e.parts[0]) : e.parts.map(said);
  if (e.kind === "template-if") return ["if", said(e.condition), said(e.yes), said(e.no)];
  if (e.kind === "template-for") return ["for", e.key, e.item, said(e.over), said(e.body)];
  return e.kind === "literal" ? { text: e.value } : e.text;
}

function content(node: Ast, text: Buffer): unknown {
  const shape = astShape(node, text);
  return Array.isArray(shape) && shape[0] === "template" ? shape : "text";
}

function follow(from: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>((of, { type, segment }) => {
    if (type === "nameTraversal") return ["attribute", of, segment];
    if (segment === undefined) return ["index", of, ["key", "?"]];
    return ["index", of, segment.startsWith('"') ? "text" : ["key", literalText(segment)]];
  }, from);
}

function keyOf(key: Ast, text: Buffer): unknown {
  const inner = key.children ?? [];
  if (inner.length === 0) return "key";
  const shape = astShape(inner[0]!, text);
  return shape === "text" || (Array.isArray(shape) && shape[0] === "literal") ? "key" : shape;
}

function pairs(children: readonly Ast[]): [Ast, Ast][] {
  return children.flatMap((each, index) => (index % 2 === 0 ? [[each, children[index + 1]!] as [Ast, Ast]] : []));
}

/** hcl2json gives a text as it is written, also where trimming leaves nothing of it. */
function templateShape(parts: readonly unknown[]): unknown {
  const others = parts.filter((part) => part !== "text");
  return others.length === 0 ? "text" : ["template", ...others];
}

function literalText(text: string): string {
  return text === "true" || text === "false" || text === "null" ? text : String(Number(text));
}

/** Whether a body has the arguments and blocks that hcl2json found, no more and no less, at all depths. */
export function sameNames(body: Body, given: unknown): boolean {
  if (typeof given !== "object" || given === null) return false;
  const blocks = new Map<string, Block[]>();
  for (const item of body.items)
    if (item.kind === "block") blocks.set(item.type, [...(blocks.get(item.type) ?? []), item]);
  const names = new Set(body.items.map((item) => (item.kind === "block" ? item.type : item.name)));
  const found = Object.keys(given);
  if (found.length !== names.size || !found.every((name) => names.has(name))) return false;
  return [...blocks].every(([type, all]) => sameBlocks(all, (given as Record<string, unknown>)[type]));
}

/** Blocks of one type and of as many labels: nested by label, then a list. */
function sameBlocks(blocks: readonly Block[], given: unknown): boolean {
  if (Array.isArray(given))
    return given.length === blocks.length && blocks.every(({ body }, at) => sameNames(body, given[at]));
  const byLabel = new Map<string, Block[]>();
  for (const block of blocks) {
    const [label, ...labels] = block.labels;
    if (label === undefined) return false;
    byLabel.set(label, [...(byLabel.get(label) ?? []), { ...block, labels }]);
  }
  return [...byLabel].every(([label, inner]) => sameBlocks(inner, (given as Record<string, unknown>)[label]));
}
