import type { Provenance, Unknown } from "../../facts/provenance.ts";
import {
  PLACEHOLDER,
  asString,
  asTemplate,
  attribute,
  blocks,
  knownText,
  resourcesOfType,
} from "../../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../../terraform/graph.ts";

export const URL_MAPS = ["google_compute_url_map", "google_compute_region_url_map"] as const;
export const BACKEND_SERVICES = ["google_compute_backend_service", "google_compute_region_backend_service"] as const;

/** Resources of several types, in file order within each. */
export function resourcesOf(graph: ResourceGraph, types: readonly string[]): Resource[] {
  return types.flatMap((type) => resourcesOfType(graph, type));
}

/** A header that a line removes or writes. */
export interface HeaderAct {
  readonly kind: "remove" | "add";
  readonly name: string;
  /** Of an `add`; a part that is not known stands as a placeholder. */
  readonly value?: string;
  /** Of an `add`: what is written there; undefined where nothing is. */
  readonly replace?: boolean;
  readonly direction: "request" | "response";
  readonly map: Resource;
  /** The block with the `header_action`: the map itself, a path matcher, a route rule, a weighted service. */
  readonly holder: Value;
  readonly by: Provenance;
}

const LISTS = [
  ["request_headers_to_remove", "remove", "request"],
  ["response_headers_to_remove", "remove", "response"],
  ["request_headers_to_add", "add", "request"],
  ["response_headers_to_add", "add", "response"],
] as const;

/** Every header that a URL map removes or writes, at whatever level, and what of it cannot be read. */
export function headerActs(graph: ResourceGraph): readonly (HeaderAct | Unknown)[] {
  return resourcesOf(graph, URL_MAPS).flatMap((map) => actsIn(map.body, map));
}

function actsIn(block: Value, map: Resource): (HeaderAct | Unknown)[] {
  if (block.kind === "list") return block.items.flatMap((item) => actsIn(item, map));
  if (block.kind !== "object") return [];
  const own = blocks(block, "header_action").flatMap((action) =>
    LISTS.flatMap(([name, kind, direction]) =>
      itemsOf(attribute(action, name)).flatMap((item) => actOf(item, { kind, direction, map, holder: block })),
    ),
  );
  const inner = [...block.entries].filter(([key]) => key !== "header_action");
  return [...own, ...inner.flatMap(([, entry]) => actsIn(entry, map))];
}

function actOf(item: Value, base: Pick<HeaderAct, "kind" | "direction" | "map" | "holder">): (HeaderAct | Unknown)[] {
  if (item.kind === "unknown") return [item];
  if (base.kind === "remove") {
    const name = asString(item);
    return name.kind === "unknown" ? [name] : [{ ...base, name: name.value, by: item.by }];
  }
  const [name, value] = [attribute(item, "header_name"), attribute(item, "header_value")];
  const text = name === undefined ? undefined : asString(name);
  if (text?.kind !== "known") return text === undefined ? [] : [text];
  const written = value === undefined ? undefined : asTemplate(value);
  const replace = knownText(attribute(item, "replace"));
  return [
    {
      ...base,
      name: text.value,
      ...(written?.kind === "known" && { value: written.value }),
      ...(replace !== undefined && { replace: replace === "true" }),
      by: item.by,
    },
  ];
}

/** A custom header of a backend service. */
export interface CustomHeader {
  readonly name: string;
  readonly value: string;
  readonly direction: "request" | "response";
  readonly backend: Resource;
  readonly by: Provenance;
}

/** Every custom header of every backend service, and what of it cannot be read; a regional one has none (fact V7). */
export function customHeaders(graph: ResourceGraph): readonly (CustomHeader | Unknown)[] {
  return resourcesOf(graph, ["google_compute_backend_service"]).flatMap((backend) =>
    (["request", "response"] as const).flatMap((direction) =>
      itemsOf(attribute(backend.body, `custom_${direction}_headers`)).map((item): CustomHeader | Unknown => {
        const text = asTemplate(item);
        if (text.kind === "unknown") return text;
        const [name = "", ...value] = text.value.split(":");
        if (name.includes(PLACEHOLDER))
          return { kind: "unknown", reason: "names a header that is not known", by: item.by };
        return { name: name.trim(), value: value.join(":").trim(), direction, backend, by: item.by };
      }),
    ),
  );
}

/** Items of a list, or the one value that stands for a list of one. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return value.kind === "list" ? value.items : [value];
}

/** The block or value that stands at a place of a configuration; undefined where the graph does not hold it. */
export function valueAt(graph: ResourceGraph, place: Provenance): Value | undefined {
  const resource = graph.resources.get(place.address);
  return resource === undefined ? undefined : valueIn(resource.body, place);
}

function valueIn(value: Value, place: Provenance): Value | undefined {
  const { attribute: path, line, column } = value.by;
  if (path === place.attribute && line === place.line && column === place.column) return value;
  const inner = value.kind === "list" ? value.items : value.kind === "object" ? value.entries.values() : [];
  for (const each of inner) {
    const found = valueIn(each, place);
    if (found !== undefined) return found;
  }
  return undefined;
}
