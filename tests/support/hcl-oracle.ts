import { getExpressionAst, parse } from "@cdktn/hcl2json";
import { hclParser } from "../../probes/terraform/syntax/hcl.ts";
import type { Expression } from "../../probes/terraform/syntax/syntax.ts";

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

/** What HashiCorp's parser makes of a file, or its error. */
export async function readByHashicorp(
  text: string,
): Promise<
  { readonly kind: "read"; readonly value: unknown } | { readonly kind: "refused"; readonly message: string }
> {
  try {
    return { kind: "read", value: await parse("a.tf", text) };
  } catch (error) {
    return { kind: "refused", message: (error as Error).message };
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
        return ["index", shape(e.of), keyShape(e.key, shape)];
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

function keyShape(key: Expression, shape: (e: Expression) => unknown): unknown {
  if (key.kind !== "literal") return shape(key);
  return ["key", typeof key.value === "number" ? String(key.value) : typeof key.value === "string" ? "text" : "?"];
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
      return ["index", ...inner()];
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
 * Whether a value that hcl2json gave is what our expression says: texts with their escapes resolved, and expressions by
 * the text that they were given as, read once more.
 */
export function saysTheSame(expression: Expression, given: unknown): boolean {
  if (expression.kind === "tuple" && Array.isArray(given))
    return (
      expression.items.length === given.length && expression.items.every((item, at) => saysTheSame(item, given[at]))
    );
  if (expression.kind === "object" && typeof given === "object" && given !== null) {
    // Of two entries with one key, hcl2json leaves one.
    const entries = new Map(
      expression.entries.map(({ key, value }) => [key.kind === "literal" ? key.value : key, value]),
    );
    if ([...entries.keys()].some((key) => typeof key !== "string")) return true;
    return [...entries].every(([key, value]) => saysTheSame(value, (given as Record<string, unknown>)[String(key)]));
  }
  if (typeof given !== "string") return expression.kind === "literal" && Object.is(expression.value, given);
  const again = hclParser.parseTemplate(given, { file: "given", line: 1, column: 1 });
  return JSON.stringify(withoutPlaces(again)) === JSON.stringify(withoutPlaces(expression));
}

/** Places and texts as written aside; a template's texts joined, as another spelling may cut them elsewhere. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== "object" || value === null) return value;
  const { at: _at, text: _text, ...rest } = value as Record<string, unknown>;
  return Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, withoutPlaces(inner)]));
}

function content(node: Ast, text: Buffer): unknown {
  const shape = astShape(node, text);
  return Array.isArray(shape) && shape[0] === "template" ? shape : "text";
}

function follow(from: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>(
    (of, { type, segment }) =>
      type === "nameTraversal" ? ["attribute", of, segment] : ["index", of, ["key", segmentText(segment)]],
    from,
  );
}

/** hcl2json leaves out keys that are neither text nor number. */
function segmentText(segment: string | undefined): string {
  if (segment === undefined) return "?";
  return segment.startsWith('"') ? "text" : literalText(segment);
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
