import { createHash } from "node:crypto";
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from "yaml";
import type { Document, Node } from "yaml";
import type { Provenance } from "../../facts/provenance.ts";
import { ConfigurationError } from "../configuration-error.ts";
import type { Resource, ResourceGraph, Value } from "../graph.ts";
import { API_KINDS, OUTPUT_ONLY, kindOf, terraformKey } from "./kinds.ts";

/** Largest export that is read, in bytes, and how deep it may be nested. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_DEPTH = 100;

/** A file of `gcloud compute … export`, or an answer of the Compute API. */
export interface ExportFile {
  readonly file: string;
  readonly text: string;
}

interface Exported {
  readonly type: string;
  readonly kind: string;
  readonly name: string;
  readonly region: string | undefined;
  readonly entries: readonly (readonly [key: string, value: Node])[];
  readonly source: Source;
  readonly node: Node;
}

interface Source {
  readonly file: string;
  readonly placeOf: (node: Node, path: readonly (string | number)[]) => Pick<Provenance, "line" | "column" | "pointer">;
}

/**
 * URL maps as `gcloud compute url-maps export` or the API writes them, with the backend services and whatever else of the
 * edge the files hold, one resource graph for all. Several documents in a file, a list, and `items` are read alike.
 * @throws ConfigurationError for what is no YAML or JSON, and where no URL map is among it.
 */
export function readExports(files: readonly ExportFile[], name: string): ResourceGraph {
  const exported = files.flatMap(exportedIn);
  if (!exported.some(({ kind }) => kind === "urlMap"))
    throw new ConfigurationError("holds no URL map; export one with `gcloud compute url-maps export NAME`", {
      file: files[0]?.file ?? name,
    });
  const addresses = new Map(exported.map((each) => [linkKey(each), addressOf(each)]));
  const resources = exported.map((each) => toResource(each, addresses));
  const known = new Set(resources.map(({ address }) => address));
  const absent = resources.flatMap(({ body }) => referencesIn(body)).filter(({ address }) => !known.has(address));
  const stubs = [...new Map(absent.map((each) => [each.address, each])).values()].map(stub);
  return {
    name,
    resources: new Map([...resources, ...stubs].map((resource) => [resource.address, resource])),
    unknowns: [],
    digest: createHash("sha256")
      .update(files.map(({ text }) => text).join("\0"))
      .digest("hex"),
  };
}

/** Whether a text looks like an export: cheap, for finding out what a file is. */
export function looksExported(text: string): boolean {
  return (
    /^\s*"?kind"?\s*:\s*"?compute#/m.test(text) || /^[ {]*"?(hostRules|pathMatchers|defaultService)"?\s*:/m.test(text)
  );
}

function exportedIn({ file, text }: ExportFile): Exported[] {
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw new ConfigurationError(`is larger than ${MAX_BYTES} bytes, which is the most that is read`, { file });
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: counter,
    uniqueKeys: true,
    merge: false,
    logLevel: "silent",
  });
  const list = Array.isArray(documents) ? documents : [];
  for (const { errors } of list as Document.Parsed[]) {
    const [error] = errors;
    if (error === undefined) continue;
    const { line, col } = counter.linePos(error.pos[0]);
    throw new ConfigurationError(`is not valid YAML: ${wording(error.message)}`, {
      file,
      line,
      column: col,
    });
  }
  const source: Source = {
    file,
    placeOf: (node, path) => {
      const { line, col } = counter.linePos(node.range?.[0] ?? 0);
      return { line, column: col, pointer: path.map((part) => `/${String(part)}`).join("") };
    },
  };
  return (list as Document.Parsed[]).flatMap(({ contents }) => (contents === null ? [] : exportedOf(contents, source)));
}

function wording(message: string): string {
  return message.startsWith("Maximum call stack") ? "nested too deep" : (message.split("\n")[0] ?? "");
}

function exportedOf(node: Node, source: Source): Exported[] {
  if (isSeq(node)) return (node.items as Node[]).flatMap((item) => exportedOf(item, source));
  const entries = entriesOf(node);
  const items = entries.find(([key]) => key === "items")?.[1];
  if (items !== undefined && isSeq(items)) return exportedOf(items, source);
  const text = (key: string): string | undefined => {
    const value = entries.find(([own]) => own === key)?.[1];
    return value !== undefined && isScalar(value) && typeof value.value === "string" ? value.value : undefined;
  };
  const kind = kindOf(
    entries.map(([key]) => key),
    text("kind"),
  );
  const name = text("name");
  if (kind === undefined || name === undefined) return [];
  const region = /(?:^|\/)([^/]+)$/.exec(text("region") ?? "")?.[1];
  const type = API_KINDS[kind]![region === undefined ? "global" : "regional"];
  return [{ type, kind, name, region, entries, source, node }];
}

function toResource(exported: Exported, addresses: ReadonlyMap<string, string>): Resource {
  const address = addressOf(exported);
  const { source, node, type, name, entries } = exported;
  const at = (own: Node, attribute: string, path: readonly (string | number)[]): Provenance => ({
    address,
    attribute,
    file: source.file,
    ...source.placeOf(own, path),
  });
  const kept = entries.filter(([key]) => !OUTPUT_ONLY.has(key));
  const values = kept.map(([key, value]): [string, Value] => [
    terraformKey(key),
    toValue(value, { attribute: terraformKey(key), path: [key], at, addresses }),
  ]);
  return {
    address,
    type,
    name,
    api: true,
    body: { kind: "object", entries: new Map(values), by: at(node, "", []) },
  };
}

interface Standing {
  readonly attribute: string;
  readonly path: readonly (string | number)[];
  readonly at: (node: Node, attribute: string, path: readonly (string | number)[]) => Provenance;
  readonly addresses: ReadonlyMap<string, string>;
}

function toValue(node: Node, standing: Standing): Value {
  const { attribute, path, at, addresses } = standing;
  const by = at(node, attribute, path);
  if (path.length > MAX_DEPTH) throw new ConfigurationError(`is nested more than ${MAX_DEPTH} deep`, by);
  if (isAlias(node)) throw new ConfigurationError("uses a YAML alias, which no export does", by);
  if (isMap(node)) {
    const entries = entriesOf(node).map(([key, value]): [string, Value] => {
      const own = terraformKey(key);
      return [own, toValue(value, { ...standing, attribute: `${attribute}.${own}`, path: [...path, key] })];
    });
    return { kind: "object", entries: new Map(entries), by };
  }
  if (isSeq(node)) {
    const items = (node.items as Node[]).map((item, index) =>
      toValue(item, { ...standing, attribute: `${attribute}[${index}]`, path: [...path, index] }),
    );
    return { kind: "list", items, by };
  }
  const value = isScalar(node) ? node.value : null;
  if (typeof value !== "string")
    return { kind: "literal", value: typeof value === "number" || typeof value === "boolean" ? value : null, by };
  const literal: Value = { kind: "literal", value, by };
  const link = linkOf(value);
  if (link === undefined) return literal;
  return { kind: "reference", address: addresses.get(link.key) ?? link.address, attribute: "id", value: literal, by };
}

/** A resource that another one names and that was not exported: its name is known, and nothing else. */
function stub({ address, by }: { readonly address: string; readonly by: Provenance }): Resource {
  const [type = "", name = ""] = address.split(".");
  const own: Provenance = { ...by, address, attribute: "custom_request_headers" };
  const reason = `${name} is not among what was exported; export it beside the URL map`;
  const open = { kind: "unknown", reason } as const;
  const entries = new Map<string, Value>([
    ["name", { kind: "literal", value: name, by: own }],
    ["custom_request_headers", { ...open, affects: "headers", by: own }],
    ["backend", { ...open, by: { ...own, attribute: "backend" } }],
    ["load_balancing_scheme", { ...open, affects: "nothing", by: { ...own, attribute: "load_balancing_scheme" } }],
  ]);
  return { address, type, name, api: true, body: { kind: "object", entries, by: { ...own, attribute: "" } } };
}

function referencesIn(value: Value): { address: string; by: Provenance }[] {
  if (value.kind === "reference")
    return /^google_compute_(region_)?backend_(service|bucket)\./.test(value.address) ? [value] : [];
  if (value.kind === "list") return value.items.flatMap(referencesIn);
  return value.kind === "object" ? [...value.entries.values()].flatMap(referencesIn) : [];
}

const LINK = /(?:^|\/)(?:global|regions\/(?<region>[^/]+)|zones\/[^/]+)\/(?<collection>[A-Za-z]+)\/(?<name>[^/]+)$/;

function linkOf(text: string): { readonly key: string; readonly address: string } | undefined {
  const { region, collection, name } = LINK.exec(text)?.groups ?? {};
  const kind = Object.values(API_KINDS).find((each) => each.collection === collection);
  if (kind === undefined || name === undefined) return undefined;
  const type = region === undefined ? kind.global : kind.regional;
  return { key: `${region ?? ""}/${kind.collection}/${name}`, address: `${type}.${name}` };
}

function linkKey({ region, kind, name }: Exported): string {
  return `${region ?? ""}/${API_KINDS[kind]!.collection}/${name}`;
}

function addressOf({ type, name }: Pick<Exported, "type" | "name">): string {
  return `${type}.${name}`;
}

function entriesOf(node: Node): [string, Node][] {
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) =>
    isScalar(key) && value !== null ? [[String(key.value), value as Node] as [string, Node]] : [],
  );
}
