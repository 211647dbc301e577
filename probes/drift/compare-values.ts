import type { Difference, NotCompared } from "../facts/drift.ts";
import { knownText } from "../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { nameOf, saysNothing } from "./live-values.ts";

/** What the walk through one resource fills. */
export interface Walk {
  readonly graph: ResourceGraph;
  readonly resource: Resource;
  readonly differences: Omit<Difference, "onPath">[];
  readonly notCompared: NotCompared[];
}

/** Attributes by which a block of a list is the same one on both sides. */
const KEYS = ["name", "priority", "header_name", "path_matcher", "tag"] as const;
/** What only runs is no drift where Terraform or a person never writes it. */
const SERVERS_OWN = /(^|\.)(self_link|fingerprint|id|kind|etag|status|state|uri|uid|generated_id|type|san_dnsnames)$/;
const SECRET = /(header_value|custom_(request|response)_headers(\[\d+\])?|(^|\.)env(\[\d+\])?\.value)$/;

/** A value of the configuration against what runs, attribute by attribute. */
export function compareValue(walk: Walk, attribute: string, written: Value, live: unknown): void {
  switch (written.kind) {
    case "object":
      return compareBlock(walk, attribute, written, Array.isArray(live) && live.length <= 1 ? live[0] : live);
    case "list":
      return compareList(walk, attribute, written, live);
    case "literal":
      return comparePlain(walk, attribute, written, written.value, live);
    case "reference":
      return compareReference(walk, attribute, written, live);
    case "template":
    case "unknown": {
      // A link that an expression makes, as `//certificatemanager.googleapis.com/${….id}`, ends in what it leads to.
      const last = written.kind === "template" ? written.parts?.at(-1) : undefined;
      if (typeof last === "object" && last.kind === "reference" && textOf(walk, last) !== undefined)
        return compareReference(walk, attribute, last, live);
      const what = `${walk.resource.address}.${attribute}`;
      walk.notCompared.push({ what, reason: "is an expression whose value the configuration does not hold" });
    }
  }
}

type Block = Extract<Value, { kind: "object" }>;

/** Blocks of a resource and of what is in it. */
export function compareBlock(walk: Walk, attribute: string, written: Block, live: unknown): void {
  const record = typeof live === "object" && live !== null ? (live as Record<string, unknown>) : {};
  for (const [key, value] of written.entries) {
    const own = attribute === "" ? key : `${attribute}.${key}`;
    compareValue(walk, own, value, record[key]);
  }
  for (const [key, value] of Object.entries(record)) {
    const own = attribute === "" ? key : `${attribute}.${key}`;
    if (written.entries.has(key) || SERVERS_OWN.test(own) || saysNothing(key, value)) continue;
    differ(walk, own, { value: written, configured: null, live: value });
  }
}

function compareList(walk: Walk, attribute: string, written: Extract<Value, { kind: "list" }>, live: unknown): void {
  const running: readonly unknown[] = Array.isArray(live) ? live : live === undefined || live === null ? [] : [live];
  const items = written.items;
  if (items.length === 1 && items[0]!.kind === "object" && !Array.isArray(live))
    return compareValue(walk, attribute, items[0]!, live);
  const texts = items.map((item) => textOf(walk, item));
  if (texts.every((text) => text !== undefined) && running.every((each) => typeof each !== "object"))
    return compareSet(walk, attribute, { written, texts, running });
  const left = new Set(running.keys());
  const found = items.map((item) => {
    const index = partner(item, running, left);
    if (index !== undefined) left.delete(index);
    return index;
  });
  items.forEach((item, index) => {
    // One that has no partner by its key is held against the next that is left over.
    const at = found[index] ?? [...left][0];
    if (at !== undefined) left.delete(at);
    compareValue(walk, `${attribute}[${index}]`, item, at === undefined ? undefined : running[at]);
  });
  for (const index of left)
    if (!saysNothing(attribute, running[index]))
      differ(walk, `${attribute}[+${index}]`, { value: written, configured: null, live: running[index] });
}

/** Plain lists: hosts, paths, names of headers. APIs give them in an order of their own. */
function compareSet(
  walk: Walk,
  attribute: string,
  { written, texts, running }: { written: Value; texts: readonly (string | undefined)[]; running: readonly unknown[] },
): void {
  const [own, there] = [
    new Set(texts.map((text) => nameIn(attribute, text!))),
    new Set(running.map((each) => nameIn(attribute, String(each)))),
  ];
  const isSame = own.size === there.size && [...own].every((each) => there.has(each));
  if (!isSame) differ(walk, attribute, { value: written, configured: [...own].sort(), live: [...there].sort() });
}

function partner(item: Value, running: readonly unknown[], left: ReadonlySet<number>): number | undefined {
  if (item.kind !== "object") return undefined;
  for (const key of KEYS) {
    const own = knownText(item.entries.get(key));
    if (own === undefined) continue;
    return [...left].find((index) => String((running[index] as Record<string, unknown> | null)?.[key]) === own);
  }
  return undefined;
}

function compareReference(
  walk: Walk,
  attribute: string,
  written: Extract<Value, { kind: "reference" }>,
  live: unknown,
): void {
  const name = textOf(walk, written);
  // What only the API draws, as an address: nothing of it stands in the configuration.
  if (name === undefined) return;
  comparePlain(walk, attribute, written, name, typeof live === "string" ? nameOf(live) : live);
}

/** A plain value; of a reference the name of what it leads to. */
function textOf({ graph }: Walk, value: Value): string | undefined {
  if (value.kind === "literal") return String(value.value);
  if (value.kind !== "reference" || !/^(id|name|self_link)$/.test(value.attribute)) return undefined;
  const target = graph.resources.get(value.address);
  return target === undefined ? undefined : knownText(target.body.entries.get("name"));
}

function comparePlain(walk: Walk, attribute: string, at: Value, configured: unknown, live: unknown): void {
  if (saysNothing(attribute, configured) && saysNothing(attribute, live)) return;
  if (live !== undefined && normal(attribute, configured) === normal(attribute, live)) return;
  differ(walk, attribute, { value: at, configured, live: live ?? null });
}

/** One spelling for what the two sides write each in its own way. */
function normal(attribute: string, value: unknown): string {
  const text = String(value);
  const ports = /^(\d+)-(\d+)$/.exec(text);
  if (attribute.endsWith("port_range") && ports?.[1] === ports?.[2] && ports !== null) return ports[1]!;
  return nameIn(attribute, text);
}

/** A link by its last part; any other text as it is. */
function nameIn(attribute: string, text: string): string {
  if (SECRET.test(attribute)) return text;
  return /^(https:\/\/|\/\/|projects\/)/.test(text) ? nameOf(text) : text;
}

interface Sides {
  readonly value: Value;
  readonly configured: unknown;
  readonly live: unknown;
}

function differ({ resource, differences }: Walk, attribute: string, { value, configured, live }: Sides): void {
  differences.push({
    address: resource.address,
    attribute,
    configured: shown(attribute, configured),
    live: shown(attribute, live),
    at: value.by,
  });
}

/** Values of headers and of environment variables may be credentials. */
function shown(attribute: string, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return JSON.stringify(value, (key, inner: unknown) => {
    const isSecret = SECRET.test(attribute) || /^(header_value|value)$/.test(key);
    return isSecret && typeof inner === "string" ? discreet(inner) : inner;
  });
}

function discreet(text: string): string {
  const name = /^[\w-]+(?=:)/.exec(text)?.[0];
  return `${name === undefined ? "" : `${name}: `}(${Buffer.byteLength(text)} bytes)`;
}
