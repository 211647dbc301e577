import { all, referred, Refusal } from "./cloud.ts";
import type { Cloud, Stored } from "./cloud.ts";
import type { ResourceType } from "./resources.ts";
import { collectionOf, idForm } from "./resources.ts";
import { leaves, valuesAt } from "./value.ts";
import type { Body } from "./value.ts";

interface Reference {
  readonly from: ResourceType;
  /** Dotted path; `*` = anywhere in the resource. */
  readonly path: string;
  readonly to: ResourceType;
  /** What is referred to cannot be deleted meanwhile. */
  readonly protects: boolean;
  /** What is referred to has to exist in this cloud; false where it may belong to somebody else. */
  readonly mustExist: boolean;
}

/**
 * Who refers to whom. A serverless endpoint group is not listed as a user of its Cloud Run service: the service can be
 * deleted under it, and the balancer then answers for a service that is gone.
 */
export const REFERENCES: readonly Reference[] = [
  ...row(
    "google_compute_backend_service",
    "backend.group",
    "google_compute_region_network_endpoint_group",
    "must exist",
  ),
  ...row("google_compute_backend_service", "security_policy", "google_compute_security_policy", "may be elsewhere"),
  ...row(
    "google_compute_backend_service",
    "edge_security_policy",
    "google_compute_security_policy",
    "may be elsewhere",
  ),
  ...row("google_compute_url_map", "*", "google_compute_backend_service", "must exist"),
  ...row("google_compute_target_http_proxy", "url_map", "google_compute_url_map", "must exist"),
  ...row("google_compute_target_https_proxy", "url_map", "google_compute_url_map", "must exist"),
  ...row(
    "google_compute_target_https_proxy",
    "ssl_certificates",
    "google_compute_managed_ssl_certificate",
    "may be elsewhere",
  ),
  ...row("google_compute_target_https_proxy", "ssl_policy", "google_compute_ssl_policy", "may be elsewhere"),
  ...row(
    "google_compute_target_https_proxy",
    "certificate_map",
    "google_certificate_manager_certificate_map",
    "may be elsewhere",
  ),
  ...row(
    "google_compute_target_https_proxy",
    "certificate_manager_certificates",
    "google_certificate_manager_certificate",
    "may be elsewhere",
  ),
  ...row("google_compute_global_forwarding_rule", "target", "google_compute_target_https_proxy", "must exist"),
  ...row("google_compute_global_forwarding_rule", "target", "google_compute_target_http_proxy", "must exist"),
  ...row("google_compute_global_forwarding_rule", "ip_address", "google_compute_global_address", "may be elsewhere"),
  ...row(
    "google_certificate_manager_certificate_map_entry",
    "map",
    "google_certificate_manager_certificate_map",
    "may be elsewhere",
  ),
  ...row(
    "google_certificate_manager_certificate_map_entry",
    "certificates",
    "google_certificate_manager_certificate",
    "may be elsewhere",
  ),
  ...row(
    "google_certificate_manager_certificate",
    "managed.dns_authorizations",
    "google_certificate_manager_dns_authorization",
    "may be elsewhere",
  ),
];

function row(from: ResourceType, path: string, to: ResourceType, existence: "must exist" | "may be elsewhere") {
  return [{ from, path, to, protects: true, mustExist: existence === "must exist" }];
}

/** Resources that use the given one, so that it cannot be deleted. */
export function usersOf(cloud: Cloud, target: Stored): readonly Stored[] {
  return REFERENCES.filter(({ to, protects }) => to === target.type && protects).flatMap((reference) =>
    all(cloud, reference.from).filter(({ body }) =>
      referencesIn(body, reference).some((each) => referred(cloud, reference.to, each)?.id === target.id),
    ),
  );
}

/** Refuses a body that refers to something which does not exist. */
export function refuseMissing(cloud: Cloud, type: ResourceType, body: Body): void {
  for (const reference of REFERENCES.filter(({ from, mustExist }) => from === type && mustExist)) {
    const missing = referencesIn(body, reference).find(
      (each) => isOfCollection(each, reference.to) && referred(cloud, reference.to, each) === undefined,
    );
    if (missing === undefined) continue;
    throw new Refusal(`googleapi: Error 404: The resource '${idForm(missing)}' was not found, notFound`);
  }
}

function referencesIn(body: Body, { path, to }: Reference): readonly string[] {
  if (path !== "*") return valuesAt(body, path).filter((each) => typeof each === "string");
  return leaves(body).filter((each) => isOfCollection(each, to));
}

const isOfCollection = (reference: string, type: ResourceType): boolean =>
  reference.includes(`/${collectionOf(type)}/`);
