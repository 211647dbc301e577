import { edgeOf } from "../../support/reference.ts";
import type { EdgeId, Json } from "../../support/reference.ts";

export type Entry = readonly [id: string, body: Json];

/** Resources of one type, of one edge or of all. */
export function entriesOf(terraform: Json, type: string, edge?: EdgeId): Entry[] {
  return Object.entries<Json>(terraform.resource[type] ?? {}).filter(
    ([id]) => edge === undefined || edgeOf(id) === edge,
  );
}

export function bodiesOf(terraform: Json, type: string, edge?: EdgeId): Json[] {
  return entriesOf(terraform, type, edge).map(([, body]) => body);
}

/** The one resource that is meant; anything else is a broken property. */
export function theOne(entries: readonly Entry[], wanted: (id: string, body: Json) => boolean = () => true): Entry {
  const found = entries.filter(([id, body]) => wanted(id, body));
  if (found.length !== 1) throw new Error(`expected one resource, found ${found.length}`);
  return found[0]!;
}

export function reference(type: string, id: string, attribute = "id"): string {
  return `\${${type}.${id}.${attribute}}`;
}

/** Cloud Run service of a declared service, or the witness in its place. */
export function runOf(terraform: Json, service: string, edge: EdgeId = "public"): Entry {
  return theOne(
    entriesOf(terraform, "google_cloud_run_v2_service", edge),
    (id) => id.startsWith(`service-${service}_`) || id.startsWith(`preview_witness-${service}_`),
  );
}

/** Backend service of a declared service on one edge. */
export function backendOf(terraform: Json, service: string, edge: EdgeId = "public"): Entry {
  return theOne(entriesOf(terraform, "google_compute_backend_service", edge), (id) =>
    id.replace("preview_", "").startsWith(`backend-${service}-`),
  );
}

export function negOf(terraform: Json, service: string, edge: EdgeId = "public"): Entry {
  return theOne(entriesOf(terraform, "google_compute_region_network_endpoint_group", edge), (id) =>
    id.replace("preview_", "").startsWith(`backend-${service}-`),
  );
}

export function backendReference(terraform: Json, service: string, edge: EdgeId): string {
  return reference("google_compute_backend_service", backendOf(terraform, service, edge)[0]);
}

/** The URL map of one edge that routes, or the one that redirects. */
export function mapOf(terraform: Json, kind: "routing" | "redirect", edge: EdgeId): Entry {
  return theOne(entriesOf(terraform, "google_compute_url_map", edge), (id) =>
    id.includes(kind === "routing" ? "routing_url-map" : "edge_redirect_map"),
  );
}

/** The policy in front of the services, or the one that closes the preview edge. */
export function policyOf(terraform: Json, edge: EdgeId): Entry {
  return theOne(entriesOf(terraform, "google_compute_security_policy", edge));
}

/** Every text in a value, keys left out. */
export function textsIn(value: Json): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Every object in a value that has a key, whatever its depth. */
export function holdersOf(value: Json, key: string): Json[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap((each) => holdersOf(each, key));
  return Object.hasOwn(value as object, key) ? [value, ...inner] : inner;
}

/** Keys of a body without CDKTF's note of where it came from. */
export function keysOf(body: Json): string[] {
  return Object.keys(body as object)
    .filter((key) => key !== "//")
    .sort();
}
