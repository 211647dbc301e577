import { UNKNOWN_VALUE, cannotTell } from "./types.ts";
import type { Text } from "./types.ts";

/** Parsed `cdk.tf.json`, without types. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Plain = any;

/** Blocks under a name, in a list of their own: none, one object and a list of them are all legal Terraform JSON. */
export function many(body: Plain, name: string): Plain[] {
  const found = body[name];
  if (found === undefined || found === null) return [];
  return Array.isArray(found) ? [...found] : [found];
}

export function one(body: Plain, name: string): Plain {
  return many(body, name)[0];
}

/** A text as Terraform gives it to the provider; unknown where an expression stands in it. */
export function text(value: unknown): Text {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return "";
  if (value.replaceAll("$${", "").replaceAll("%%{", "").includes("${")) return UNKNOWN_VALUE;
  return value.replaceAll("$${", "${").replaceAll("%%{", "%{");
}

/** Stands for the part of a value that nobody knows; no header holds this character. */
export const UNTOLD = "\u{e000}";

/** A header's value, of which a part may be unknown; what stands around that part decides some things all the same. */
export function partly(value: unknown): string {
  const whole = text(value);
  return whole === UNKNOWN_VALUE ? String(value).replace(/\$\{[^}]*\}/g, UNTOLD) : whole;
}

/** A text that decides something: an expression in it makes the answer one that cannot be told. */
export function known(value: unknown, row: string): string {
  const found = text(value);
  return found === UNKNOWN_VALUE ? cannotTell(row) : found;
}

/** Whether a flag is set; an expression cannot be told. */
export function flag(value: unknown, row: string): boolean {
  return known(value, row) === "true";
}

/** The name of the resource of this type that a reference points at; undefined where the text is no such reference. */
export function referred(value: unknown, type: string): string | undefined {
  const found = typeof value === "string" ? /\$\{([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.[a-z_]+\}/.exec(value) : null;
  return found?.[1] === type ? found[2] : undefined;
}

export function resource(terraform: Plain, type: string, name: string | undefined): Plain {
  return name === undefined ? undefined : terraform.resource[type]?.[name];
}

export function resources(terraform: Plain, type: string): [string, Plain][] {
  return Object.entries((terraform.resource[type] ?? {}) as Record<string, Plain>);
}
