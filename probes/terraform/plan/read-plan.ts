import { createHash } from "node:crypto";
import type { Node } from "jsonc-parser";
import type { Provenance } from "../../facts/provenance.ts";
import { ConfigurationError } from "../configuration-error.ts";
import type { Known, Resource, ResourceGraph } from "../graph.ts";
import { isRecord } from "./configuration.ts";
import type { PlanModule, PlanResource } from "./configuration.ts";
import type { Scope } from "./references.ts";
import { blockValue, plain, plainId, propertiesOf } from "./values.ts";
import type { ValueContext } from "./values.ts";

/** A file of JSON, parsed with its places. */
export interface JsonFile {
  readonly file: string;
  readonly text: string;
  readonly root: Node;
  readonly placeOf: (offset: number) => Pick<Provenance, "file" | "line" | "column">;
}

/** What `terraform show -json` printed. */
export type ShownKind = "plan" | "state";

/** Whether a document is a plan or a state as `terraform show -json` prints them. */
export function shownKind(root: Node): ShownKind | undefined {
  const keys = new Set(propertiesOf(root).map(([key]) => key));
  if (!keys.has("format_version")) return undefined;
  if (keys.has("planned_values") || keys.has("resource_changes")) return "plan";
  return keys.has("values") || keys.has("terraform_version") ? "state" : undefined;
}

interface Shown {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly instance: string;
  readonly module: string;
  readonly values: Node | undefined;
}

/** What of a plan is read: what it leads to, or what Terraform knew to be there before. A state has one side only. */
export type Side = "planned" | "prior";

/**
 * Resources of a plan or a state: values from what is planned, references from the expressions of the configuration
 * where a value is known after apply only, and by id where it is known. Sets have no order there.
 * @throws ConfigurationError for an errored plan, and for a document that holds no resource.
 */
export function readShown(json: JsonFile, name: string, side: Side = "planned"): ResourceGraph {
  const { root } = json;
  refuseErrored(json);
  const shown = modulesOf(child(holderOf(root, side), "root_module")).filter(({ type }) => type !== "");
  if (shown.length === 0) throw new ConfigurationError("holds no resource", json.placeOf(root.offset));
  const instances = new Set(shown.map(({ address }) => address));
  const byId = idsOf(shown);
  // The configuration of a plan says nothing of what was there before it.
  const configuration = side === "prior" ? undefined : child(root, "configuration");
  const document = configuration === undefined ? undefined : plain(configuration);
  const rootModule = isRecord(document) ? (document["root_module"] as PlanModule) : {};
  const unknown = side === "prior" ? new Map<string, unknown>() : unknownsOf(root);
  const resources = shown.map((each): Resource => {
    const { scope, resource } = scopeOf(each, rootModule);
    const context: ValueContext = {
      address: each.address,
      scope,
      instances,
      byId,
      placeOf: (node, attribute) => place(json, each, node, attribute),
    };
    const beside = { unknown: unknown.get(each.address), expressions: resource?.expressions };
    const body = blockValue(each.values, "", beside, context);
    return { address: each.address, type: each.type, name: each.name, body };
  });
  return {
    name,
    resources: new Map(resources.map((resource) => [resource.address, resource])),
    unknowns: [],
    providers: providersOf(document, json),
    digest: createHash("sha256").update(json.text).digest("hex"),
  };
}

function holderOf(root: Node, side: Side): Node | undefined {
  if (side === "prior") return child(child(root, "prior_state"), "values");
  return child(root, "planned_values") ?? child(root, "values");
}

function refuseErrored({ root, placeOf }: JsonFile): void {
  const errored = child(root, "errored");
  if (errored?.value === true)
    throw new ConfigurationError(
      "is the plan of a run that failed, so it does not hold all there is; plan again",
      placeOf(errored.offset),
    );
}

function modulesOf(module: Node | undefined): Shown[] {
  if (module === undefined) return [];
  const address = textOf(child(module, "address"));
  const own = (child(module, "resources")?.children ?? [])
    .filter((each) => textOf(child(each, "mode")) === "managed")
    .map((each) => shownOf(each, address));
  return [...own, ...(child(module, "child_modules")?.children ?? []).flatMap(modulesOf)];
}

function shownOf(resource: Node, module: string): Shown {
  const index = child(resource, "index");
  return {
    address: textOf(child(resource, "address")),
    type: textOf(child(resource, "type")),
    name: textOf(child(resource, "name")),
    instance: index === undefined ? "" : `[${JSON.stringify(index.value)}]`,
    module,
    values: child(resource, "values"),
  };
}

function idsOf(shown: readonly Shown[]): Map<string, string> {
  return new Map(
    shown.flatMap(({ address, values }) =>
      [textOf(child(values, "id")), textOf(child(values, "self_link"))]
        .map(plainId)
        .filter((id) => id.startsWith("projects/"))
        .map((id) => [id, address] as const),
    ),
  );
}

/** What is known after apply, by address. */
function unknownsOf(root: Node): Map<string, unknown> {
  return new Map(
    (child(root, "resource_changes")?.children ?? []).flatMap((change) => {
      const after = child(child(change, "change"), "after_unknown");
      const deposed = child(change, "deposed");
      return after === undefined || deposed !== undefined ? [] : [[textOf(child(change, "address")), plain(after)]];
    }),
  );
}

/** Walks the module calls of a resource's address, so that its references are read in its own module. */
function scopeOf(
  { module, type, name, instance }: Shown,
  root: PlanModule,
): { scope: Scope; resource: PlanResource | undefined } {
  let scope: Scope = { module: "", configuration: root, instance: "", forEach: undefined, caller: undefined };
  for (const [, call = "", index = ""] of module.matchAll(/module\.([A-Za-z0-9_-]+)(\[(?:\d+|"[^"]*")\])?/g)) {
    const made = scope.configuration.module_calls?.[call];
    const caller: Scope = { ...scope, instance: index, forEach: made?.for_each_expression };
    scope = {
      module: `${scope.module === "" ? "" : `${scope.module}.`}module.${call}${index}`,
      configuration: made?.module ?? {},
      instance: "",
      forEach: undefined,
      caller: made === undefined ? undefined : { call: made, scope: caller },
    };
  }
  const resource = scope.configuration.resources?.find(({ address }) => address === `${type}.${name}`);
  return { scope: { ...scope, instance, forEach: resource?.for_each_expression }, resource };
}

function providersOf(document: unknown, { placeOf }: JsonFile): Map<string, Known<string>> {
  const providers = isRecord(document) ? document["provider_config"] : undefined;
  if (!isRecord(providers)) return new Map();
  const by: Provenance = { address: "provider", attribute: "version", ...placeOf(0) };
  return new Map(
    Object.values(providers).flatMap((each): [string, Known<string>][] =>
      isRecord(each) && typeof each["name"] === "string" && typeof each["version_constraint"] === "string"
        ? [[each["name"], { kind: "known", value: each["version_constraint"], by }]]
        : [],
    ),
  );
}

function place(json: JsonFile, { address, values }: Shown, node: Node | undefined, attribute: string): Provenance {
  const at = node ?? values;
  return {
    address,
    attribute,
    ...json.placeOf(at?.offset ?? 0),
    ...(at !== undefined && { pointer: pointerOf(at) }),
  };
}

const POINTERS = new WeakMap<Node, string>();

/** JSON pointer of a node (RFC 6901). Its siblings get theirs with it, so that a long list costs each item once. */
function pointerOf(node: Node): string {
  const { parent } = node;
  if (parent === undefined) return "";
  const known = POINTERS.get(node);
  if (known !== undefined) return known;
  const above = pointerOf(parent.type === "property" ? parent.parent! : parent);
  if (parent.type === "property") {
    const key = String(parent.children![0]!.value);
    POINTERS.set(node, `${above}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  } else {
    parent.children!.forEach((each, index) => POINTERS.set(each, `${above}/${index}`));
  }
  return POINTERS.get(node)!;
}

export function child(node: Node | undefined, key: string): Node | undefined {
  return propertiesOf(node).find(([own]) => own === key)?.[1];
}

function textOf(node: Node | undefined): string {
  return node?.type === "string" ? String(node.value) : "";
}
