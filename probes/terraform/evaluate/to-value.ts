import type { Provenance, Unknown } from "../../facts/provenance.ts";
import { PLACEHOLDER } from "../graph.ts";
import type { OpenValue, Reference, Value } from "../graph.ts";
import { formatBigFloat, toNumber } from "./big-float.ts";
import type { BigFloat } from "./big-float.ts";
import { isCollection, isKeyed } from "./evaluated.ts";
import type { Evaluated, Kinded, UnknownEvaluated } from "./evaluated.ts";

/** What is known of the place where a value is used. */
export interface Use {
  readonly by: Provenance;
  /** The whole expression, as it is written there. */
  readonly written: string;
}

/** An evaluated value as the graph holds it. All of it stands where it is used. */
export function toValue(value: Evaluated, use: Use): Value {
  const { by } = use;
  if (value.origin !== undefined) return reference(value, use);
  switch (value.kind) {
    case "string":
    case "bool":
      return { kind: "literal", value: value.value, by };
    case "number":
      return { kind: "literal", value: plainNumber(value.value), by };
    case "null":
      return { kind: "literal", value: null, by };
    case "template":
      return template(value, use);
    case "unknown":
      return { ...unknownValue(value, by), ...candidates(value, use) };
    case "instance":
      return { kind: "reference", address: value.instance.address, attribute: "", by };
    case "tuple":
    case "list":
    case "set":
    case "object":
    case "map":
      return compound(value, use);
  }
}

function candidates({ candidates: all }: Kinded<"unknown">, use: Use): Pick<OpenValue, "candidates"> {
  return all === undefined ? {} : { candidates: all.map((each) => toValue(each, use)) };
}

function compound(value: Evaluated, use: Use): Value {
  const { by } = use;
  const inside = (step: string): Use => ({ ...use, by: { ...by, attribute: `${by.attribute}${step}` } });
  if (isCollection(value))
    return { kind: "list", items: value.items.map((item, index) => toValue(item, inside(`[${index}]`))), by };
  const entries = isKeyed(value) ? [...value.entries] : [];
  return {
    kind: "object",
    entries: new Map(entries.map(([key, each]) => [key, toValue(each, inside(`.${key}`))])),
    by,
  };
}

/** What is written for an attribute comes along; nothing does where only the provider will know it. */
function reference(value: Evaluated, use: Use): Reference {
  const { address, attribute } = value.origin!;
  const isOpen = value.kind === "unknown" && value.isComputed === true;
  const written = isOpen ? undefined : toValue({ ...value, origin: undefined }, use);
  return { kind: "reference", address, attribute, ...(written !== undefined && { value: written }), by: use.by };
}

function template({ parts }: Kinded<"template">, { by, written }: Use): Value {
  return {
    kind: "template",
    text: parts.map((part) => (typeof part === "string" ? part : PLACEHOLDER)).join(""),
    expression: written,
    parts: parts.map((part) => (typeof part === "string" ? part : partValue(part, by))),
    by,
  };
}

function partValue(part: UnknownEvaluated, by: Provenance): Reference | Unknown {
  return part.origin === undefined ? unknownValue(part, by) : reference(part, { by, written: part.expression ?? "" });
}

export function unknownValue({ reason, expression }: UnknownEvaluated | Kinded<"unknown">, by: Provenance): Unknown {
  return { kind: "unknown", reason, ...(expression !== undefined && { expression }), by };
}

/** A whole number that a machine number cannot hold stays a text. */
function plainNumber(value: BigFloat): number | string {
  const machine = toNumber(value);
  return Number.isInteger(machine) && !Number.isSafeInteger(machine) ? formatBigFloat(value) : machine;
}
