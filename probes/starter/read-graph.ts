import { isUntried } from "../../contract/header-checks.ts";
import { isToken } from "../../http/token.ts";
import { asString, attribute, knownText, resourcesOfType } from "../terraform/graph.ts";
import type { ResourceGraph, Value } from "../terraform/graph.ts";

const HEADER_TYPES = [
  "google_compute_url_map",
  "google_compute_region_url_map",
  "google_compute_backend_service",
  "google_compute_region_backend_service",
  "google_compute_security_policy",
];

/** Names of request headers that a configuration removes or writes and a contract can declare, in its own spelling, each once. */
export function mentionedHeaders(graph: ResourceGraph): string[] {
  const names = HEADER_TYPES.flatMap((type) => resourcesOfType(graph, type)).flatMap(({ body }) => mentioned(body));
  const clean = names.map((name) => name.trim()).filter((name) => isToken(name) && !isUntried(name));
  return clean.filter((name, index) => clean.findIndex((each) => each.toLowerCase() === name.toLowerCase()) === index);
}

function mentioned(value: Value): string[] {
  if (value.kind === "list") return value.items.flatMap(mentioned);
  if (value.kind !== "object") return [];
  return [...value.entries].flatMap(([key, entry]) => {
    if (key === "request_headers_to_remove") return items(entry).flatMap((item) => knownText(item) ?? []);
    if (key === "custom_request_headers") return items(entry).flatMap((item) => nameIn(item));
    if (key === "request_headers_to_add" || key === "request_headers_to_adds")
      return items(entry).flatMap((item) => knownText(attribute(item, "header_name")) ?? []);
    return mentioned(entry);
  });
}

function nameIn(item: Value): string[] {
  const text = item.kind === "template" ? item.text : knownText(item);
  return text === undefined ? [] : [text.split(":")[0]!];
}

function items(value: Value): readonly Value[] {
  return value.kind === "list" ? value.items : [value];
}

/** The project that a resource says it is in. */
export function projectOf(graph: ResourceGraph): string | undefined {
  return firstText(graph, "project");
}

/** Where the Cloud Run services are. */
export function regionOf(graph: ResourceGraph): string | undefined {
  return firstText(graph, "location") ?? firstText(graph, "region");
}

function firstText(graph: ResourceGraph, name: string): string | undefined {
  for (const { body } of graph.resources.values()) {
    const value = attribute(body, name);
    const text = value === undefined ? undefined : asString(value);
    if (text?.kind === "known") return text.value;
  }
  return undefined;
}
