import type { Problem, Provenance, Unknown } from "../facts/provenance.ts";
import type { Remark } from "../facts/waiver.ts";

/** A configuration value with its place. A value that cannot be resolved says so and is never skipped. */
export type Value =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null; readonly by: Provenance }
  /** An attribute of a resource; `value` is what is written there, where something is. */
  | {
      readonly kind: "reference";
      readonly address: string;
      readonly attribute: string;
      readonly value?: Value;
      readonly by: Provenance;
    }
  /** A text with parts that are not known; each stands in `text` as {@link PLACEHOLDER}. */
  | {
      readonly kind: "template";
      readonly text: string;
      readonly expression: string;
      /** In order: known texts, and what stands where a placeholder is. */
      readonly parts?: readonly (string | Reference | Unknown)[];
      readonly by: Provenance;
    }
  | { readonly kind: "list"; readonly items: readonly Value[]; readonly by: Provenance }
  | { readonly kind: "object"; readonly entries: ReadonlyMap<string, Value>; readonly by: Provenance }
  | OpenValue;

/** A value that is not known. */
export interface OpenValue extends Unknown {
  /** Where a condition that is not known chooses between values that are: those values. */
  readonly candidates?: readonly Value[];
}

export type Reference = Extract<Value, { kind: "reference" }>;

/** Stands in for the part of a text that cannot be known: an unknown value is not an unknown effect. */
export const PLACEHOLDER = "headgate-unknown-value";

export interface Resource {
  /** With module path and instance: `module.edge.google_compute_backend_service.api["a"]`. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  /** What it and the modules around it wait for by `depends_on`, as addresses: `module.gate`, `module.edge.google_x.y`. */
  readonly waitsFor?: readonly string[];
  /** Set for what the API itself says: there `replace: false` is sent, and one that is left out is the API's default. */
  readonly api?: true;
  readonly body: Extract<Value, { kind: "object" }>;
}

/** All resources of one root module, by address. */
export interface ResourceGraph {
  /** Stack or environment that the configuration describes. */
  readonly name: string;
  readonly resources: ReadonlyMap<string, Resource>;
  /** Parts of the configuration that may create resources and are not read. */
  readonly unknowns: readonly Unknown[];
  /** What Terraform would refuse. */
  readonly problems?: readonly Problem[];
  /** Version constraints by provider, such as `google` → `~> 6.0`; none where none is written. */
  readonly providers?: ReadonlyMap<string, Known<string>>;
  /** Things that a user should know of how this was read: a value for a variable that is not declared. */
  readonly warnings?: readonly string[];
  /** Comments that speak to Headgate; none in what holds no comments. */
  readonly remarks?: readonly Remark[];
  /** SHA-256 over the bytes that were read, hexadecimal. */
  readonly digest: string;
  /** Of a synthesized stack: its file, relative to the output. */
  readonly file?: string;
  /** What it rests on, file by file; undefined for what is no configuration that Terraform loads. */
  readonly basis?: Basis;
}

/** What a graph rests on: with the same, the same graph is read again. */
export interface Basis {
  /** Folders whose configuration was read, relative to the root module: `.`, `modules/edge`. */
  readonly folders: readonly string[];
  /** Path relative to the root module → SHA-256, hexadecimal. */
  readonly files: Readonly<Record<string, string>>;
  /** Variable of the root module → SHA-256 of its value as JSON. The graph holds for any value of one that is not here. */
  readonly variables: Readonly<Record<string, string>>;
}

export type Known<T> = { readonly kind: "known"; readonly value: T; readonly by: Provenance };
export type Maybe<T> = Known<T> | Unknown;

/** Resources of one type, in file order. */
export function resourcesOfType(graph: ResourceGraph, type: string): Resource[] {
  return [...graph.resources.values()].filter((resource) => resource.type === type);
}

/** The value of an attribute, or undefined when it is not there (`null` counts as not there, as in Terraform). */
export function attribute(value: Value, name: string): Value | undefined {
  const found = value.kind === "object" ? value.entries.get(name) : undefined;
  return found?.kind === "literal" && found.value === null ? undefined : found;
}

/** The blocks under a name: none, one written as an object, or several in a list (both are legal in JSON). */
export function blocks(value: Value, name: string): Value[] {
  const found = attribute(value, name);
  if (found === undefined) return [];
  return found.kind === "list" ? [...found.items] : [found];
}

/** The one block under a name; a second one, which Terraform would refuse or merge, is an unknown. */
export function singleBlock(value: Value, name: string, unknowns: Unknown[]): Value | undefined {
  const [first, second] = blocks(value, name);
  if (second !== undefined) unknowns.push({ kind: "unknown", reason: `is a second ${name} block`, by: second.by });
  return first;
}

export function asString(value: Value): Maybe<string> {
  if (value.kind === "reference" && value.value !== undefined) return asString(value.value);
  if (value.kind === "literal" && value.value !== null)
    return { kind: "known", value: String(value.value), by: value.by };
  return value.kind === "unknown" ? value : unknown(value, "a plain text");
}

/** The text of a value, or undefined when there is none that can be read. */
export function knownText(value: Value | undefined): string | undefined {
  const text = value === undefined ? undefined : asString(value);
  return text?.kind === "known" ? text.value : undefined;
}

/** An unknown for something that a block must have and does not. */
export function missing(block: Value, what: string): Unknown {
  return { kind: "unknown", reason: `has no ${what} that can be read`, by: block.by };
}

export function asNumber(value: Value): Maybe<number> {
  const number =
    value.kind === "literal" && value.value !== null && value.value !== "" ? Number(value.value) : Number.NaN;
  if (!Number.isNaN(number)) return { kind: "known", value: number, by: value.by };
  return value.kind === "unknown" ? value : unknown(value, "a number");
}

export function asBoolean(value: Value): Maybe<boolean> {
  if (value.kind === "literal" && (value.value === true || value.value === "true"))
    return { kind: "known", value: true, by: value.by };
  if (value.kind === "literal" && (value.value === false || value.value === "false"))
    return { kind: "known", value: false, by: value.by };
  return value.kind === "unknown" ? value : unknown(value, "true or false");
}

/** The list of plain texts, a single text standing for a list of one. */
export function asStrings(value: Value): Maybe<Known<string>[]> {
  if (value.kind === "unknown") return value;
  const items = (value.kind === "list" ? value.items : [value]).map(asString);
  const bad = items.find((item) => item.kind === "unknown");
  if (bad !== undefined) return bad;
  return { kind: "known", value: items.filter((item) => item.kind === "known"), by: value.by };
}

/** The resource that a value refers to, of the type asked for. */
export function referenced(graph: ResourceGraph, value: Value, type: string): Resource | Unknown {
  if (value.kind === "unknown") return value;
  if (value.kind !== "reference")
    return { kind: "unknown", reason: `is not a reference to a ${type} of this configuration`, by: value.by };
  const resource = graph.resources.get(value.address);
  if (resource === undefined)
    return {
      kind: "unknown",
      reason: `refers to ${value.address}, which this configuration does not hold`,
      by: value.by,
    };
  return resource.type === type
    ? resource
    : { kind: "unknown", reason: `refers to ${value.address}, not to a ${type}`, by: value.by };
}

/** A text that may hold unknown parts, each as {@link PLACEHOLDER}. */
export function asTemplate(value: Value): Maybe<string> {
  if (value.kind === "template") return { kind: "known", value: value.text, by: value.by };
  // An expression has a value, though nobody knows it.
  if (value.kind === "unknown" && value.expression !== undefined)
    return { kind: "known", value: PLACEHOLDER, by: value.by };
  if (value.kind === "reference")
    return value.value === undefined ? { kind: "known", value: PLACEHOLDER, by: value.by } : asTemplate(value.value);
  return asString(value);
}

function unknown(value: Value, wanted: string): Unknown {
  const found =
    value.kind === "template"
      ? `an expression that is not evaluated (${value.expression})`
      : value.kind === "reference"
        ? `a reference to ${value.address}.${value.attribute}`
        : value.kind === "literal"
          ? JSON.stringify(value.value)
          : `a ${value.kind}`;
  return { kind: "unknown", reason: `is ${found}, not ${wanted}`, by: value.by };
}
