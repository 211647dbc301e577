import { all, referred } from "../cloud.ts";
import type { Cloud, Stored } from "../cloud.ts";
import type { ResourceType } from "../resources.ts";
import { leaves, valuesAt } from "../value.ts";
import type { Body } from "../value.ts";

/** One thing that the API refuses, with the facts that say so. */
export interface RefusalRow {
  readonly id: string;
  /** Row of the catalogue of misconfigurations, where it has one. */
  readonly row?: `M${number}`;
  /** Fact ids; a bare word is the public rule of that name. */
  readonly facts: readonly string[];
  readonly resources: readonly ResourceType[];
  /** The API's words, or nothing when it does not mind. */
  readonly refuses: (body: Body, cloud: Cloud) => string | undefined;
}

/** The wording in which Compute names the field that it does not like. */
export const invalid = (field: string, value: string | number, why: string): string =>
  `Invalid value for field 'resource.${field}': '${value}'. ${why}`;

/** The first value that occurs again. */
export function firstTwice<Item>(items: readonly Item[]): Item | undefined {
  return items.find((item, index) => items.indexOf(item) < index);
}

/** Endpoint groups behind a backend service, as far as they are serverless. */
export function serverlessGroups(backendService: Body, cloud: Cloud): readonly Stored[] {
  return valuesAt(backendService, "backend.group").flatMap((group) => {
    const type = "google_compute_region_network_endpoint_group";
    const found = typeof group === "string" ? referred(cloud, type, group) : undefined;
    return found?.body["network_endpoint_type"] === "SERVERLESS" ? [found] : [];
  });
}

/** Backend services that a URL map names anywhere. */
export function backendServicesOf(urlMap: Body, cloud: Cloud): readonly Stored[] {
  const named = new Set(leaves(urlMap).filter((each) => each.includes("/backendServices/")));
  return [...named].flatMap((each) => referred(cloud, "google_compute_backend_service", each) ?? []);
}

/** Forwarding rules whose traffic reaches a URL map, through either kind of proxy. */
export function rulesOf(urlMapId: string, cloud: Cloud): readonly Stored[] {
  return all(cloud, "google_compute_global_forwarding_rule").filter(
    ({ body }) => urlMapOfRule(body, cloud)?.id === urlMapId,
  );
}

export function urlMapOfRule(rule: Body, cloud: Cloud): Stored | undefined {
  const target = rule["target"];
  if (typeof target !== "string") return undefined;
  const proxy = (["google_compute_target_https_proxy", "google_compute_target_http_proxy"] as const)
    .filter((type) => target.includes(type === "google_compute_target_https_proxy" ? "targetHttps" : "targetHttpP"))
    .flatMap((type) => referred(cloud, type, target) ?? [])[0];
  const map = proxy?.body["url_map"];
  return typeof map === "string" ? referred(cloud, "google_compute_url_map", map) : undefined;
}
