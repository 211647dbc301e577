import type { Node } from "jsonc-parser";
import type { Provenance, Unknown } from "../../facts/provenance.ts";
import type { Value } from "../graph.ts";
import { blockFor, isExpression, isRecord } from "./configuration.ts";
import type { Expressions, PlanExpression } from "./configuration.ts";
import { leavesOf, referredBy, referredByLeaf } from "./references.ts";
import type { Referred, Scope } from "./references.ts";

/** What is known around the values of one resource. */
export interface ValueContext {
  readonly address: string;
  readonly scope: Scope;
  /** Addresses of all resources that there are. */
  readonly instances: ReadonlySet<string>;
  /** Address of what has this id or link. */
  readonly byId: ReadonlyMap<string, string>;
  readonly placeOf: (node: Node | undefined, attribute: string) => Provenance;
}

/** What the plan says of one value besides its text: what is unknown in it, and its expressions. */
interface Beside {
  readonly unknown: unknown;
  readonly expressions: PlanExpression | readonly Expressions[] | Expressions | undefined;
}

/** Texts that a provider leaves empty where nothing is written; an empty header value is one that is written. */
const MEANT_EMPTY = new Set(["header_value"]);
const API = /^(?:https:\/\/(?:www|compute)\.googleapis\.com\/compute\/(?:v1|beta)\/|\/\/[a-z]+\.googleapis\.com\/)/;

/** An id without the service's own address before it: `projects/…`. */
export function plainId(text: string): string {
  return text.replace(API, "");
}

/** The attributes of a resource or block. What is computed and not written anywhere is left out. */
export function blockValue(
  node: Node | undefined,
  attribute: string,
  beside: Beside,
  context: ValueContext,
): Extract<Value, { kind: "object" }> {
  const unknown = isRecord(beside.unknown) ? beside.unknown : {};
  const expressions = isExpression(beside.expressions) ? undefined : (beside.expressions as Expressions | undefined);
  const written = new Map(propertiesOf(node));
  const open = Object.keys(unknown).filter((key) => unknown[key] === true);
  const entries = [...new Set([...written.keys(), ...open])].flatMap((key): [string, Value][] => {
    const path = attribute === "" ? key : `${attribute}.${key}`;
    const inner: Beside = { unknown: unknown[key], expressions: expressions?.[key] };
    const value = entryValue(key, written.get(key) ?? node, path, inner, context, expressions === undefined);
    return value === undefined ? [] : [[key, value]];
  });
  return { kind: "object", entries: new Map(entries), by: context.placeOf(node, attribute) };
}

function entryValue(
  key: string,
  node: Node | undefined,
  path: string,
  beside: Beside,
  context: ValueContext,
  isHidden: boolean,
): Value | undefined {
  const by = context.placeOf(node, path);
  if (beside.unknown === true) {
    if (isExpression(beside.expressions)) return openValue(beside.expressions, key, by, context);
    return isHidden && path.includes(".") ? unknown("is written where a plan holds no expressions", by) : undefined;
  }
  if (node === undefined || node.type === "null") return undefined;
  // A block that is not there stands as an empty list.
  const isEmpty = node.type === "array" && node.children?.length === 0;
  if (isEmpty && !(Array.isArray(beside.unknown) && beside.unknown.length > 0)) return undefined;
  if (node.type === "string" && node.value === "" && !MEANT_EMPTY.has(key)) return undefined;
  return knownValue(node, path, beside, context);
}

function knownValue(node: Node, path: string, beside: Beside, context: ValueContext): Value {
  const by = context.placeOf(node, path);
  if (node.type === "object") return blockValue(node, path, beside, context);
  if (node.type === "array") return { kind: "list", items: itemsOf(node, path, beside, context), by };
  const literal: Value = { kind: "literal", value: node.value as string | number | boolean | null, by };
  if (node.type !== "string") return literal;
  const address = context.byId.get(plainId(String(node.value)));
  return address === undefined ? literal : { kind: "reference", address, attribute: "id", value: literal, by };
}

function itemsOf(node: Node, path: string, { unknown, expressions }: Beside, context: ValueContext): Value[] {
  const unknowns: readonly unknown[] = Array.isArray(unknown) ? unknown : [];
  const nodes = node.children ?? [];
  const count = Math.max(nodes.length, unknowns.length);
  const leaves = isExpression(expressions) ? leavesOf(expressions) : [];
  return Array.from({ length: count }, (_, index) => {
    const item = nodes[index];
    const at = `${path}[${index}]`;
    if (unknowns[index] === true) {
      const by = context.placeOf(item ?? node, at);
      const leaf = leaves.length === count ? leaves[index] : undefined;
      return leaf === undefined
        ? unknownOf(expressions as PlanExpression | undefined, by)
        : toValue(referredByLeaf(leaf, context.scope, context.instances), by);
    }
    const own = Array.isArray(expressions)
      ? blockFor(expressions as Expressions[], item === undefined ? {} : plain(item), index)
      : undefined;
    return knownValue(item ?? node, at, { unknown: unknowns[index], expressions: own }, context);
  });
}

/** Attributes that hold several references where more than one is named. */
const LISTS = new Set(["ssl_certificates", "certificates", "certificate_manager_certificates", "health_checks"]);

function openValue(expression: PlanExpression, key: string, by: Provenance, context: ValueContext): Value {
  const leaves = leavesOf(expression);
  if (leaves.length > 1 && LISTS.has(key)) {
    const items = leaves.map((leaf) => toValue(referredByLeaf(leaf, context.scope, context.instances), by));
    return { kind: "list", items, by };
  }
  return toValue(referredBy(expression, context.scope, context.instances), by);
}

function toValue(referred: Referred, by: Provenance): Value {
  return referred.kind === "unclear"
    ? unknown(referred.reason, by)
    : { kind: "reference", address: referred.address, attribute: referred.attribute, by };
}

function unknownOf(expression: PlanExpression | undefined, by: Provenance): Unknown {
  const leaves = expression === undefined ? [] : leavesOf(expression);
  return unknown(
    leaves.length === 0
      ? "is known after apply, and the plan holds no expression for it"
      : `is an expression over ${leaves.join(", ")}, which a plan does not hold`,
    by,
  );
}

function unknown(reason: string, by: Provenance): Unknown {
  return { kind: "unknown", reason, by };
}

/** Keys and values of an object node. */
export function propertiesOf(node: Node | undefined): [string, Node][] {
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key === undefined || value === undefined ? [] : [[String(key.value), value] as [string, Node]];
  });
}

/** A node as plain JSON. */
export function plain(node: Node): unknown {
  if (node.type === "array") return (node.children ?? []).map(plain);
  if (node.type === "object") return Object.fromEntries(propertiesOf(node).map(([key, value]) => [key, plain(value)]));
  return node.value;
}
