import type { Json } from "../support/reference.ts";
import type { Path } from "./mutations.ts";
import type { Theme } from "./properties/index.ts";

/** Resource types that are on the header path as a whole, each with the themes that speak of it first. */
export const WHOLE_TYPES: Readonly<Record<string, readonly Theme[]>> = {
  google_compute_url_map: ["url-map", "tests-in-url-map", "listeners"],
  google_compute_backend_service: ["backends", "cdn"],
  google_compute_region_network_endpoint_group: ["backends"],
  google_compute_security_policy: ["armor", "preview"],
  google_compute_target_https_proxy: ["listeners", "certificates"],
  google_compute_target_http_proxy: ["listeners"],
  google_compute_global_forwarding_rule: ["listeners", "labels"],
  google_compute_ssl_policy: ["listeners"],
  google_compute_global_address: ["listeners", "labels"],
  google_compute_managed_ssl_certificate: ["certificates"],
  google_certificate_manager_certificate: ["certificates", "labels"],
  google_certificate_manager_certificate_map: ["certificates", "labels"],
  google_certificate_manager_certificate_map_entry: ["certificates", "labels"],
  google_certificate_manager_dns_authorization: ["certificates", "labels"],
  terraform_data: ["preview"],
};

export const RUN_THEMES: readonly Theme[] = ["services", "preview", "access", "identities-and-secrets", "labels"];

/** What of a Cloud Run service decides which request reaches which container, and for how long. */
const RUN_PARTS: readonly Path[] = [
  ["ingress"],
  ["invoker_iam_disabled"],
  ["custom_audiences"],
  ["labels"],
  ["location"],
  ["name"],
  ["traffic"],
  ["template", "timeout"],
  ["template", "revision"],
  ["template", "session_affinity"],
  ["template", "max_instance_request_concurrency"],
  ["template", "scaling"],
  ["template", "containers", 0, "image"],
  ["template", "containers", 0, "ports"],
];

/** Paths of everything that may change what becomes of a header, with the themes to ask first. */
export function headerPath(terraform: Json): { path: Path; themes: readonly Theme[] }[] {
  const whole = Object.entries(WHOLE_TYPES).flatMap(([type, themes]) =>
    Object.keys((terraform.resource[type] ?? {}) as object).map((id) => ({ path: ["resource", type, id], themes })),
  );
  const type = "google_cloud_run_v2_service";
  const parts = Object.entries<Json>(terraform.resource[type]).flatMap(([id, run]) =>
    RUN_PARTS.filter((part) => part.reduce<Json>((value, step) => value?.[step], run) !== undefined).map((part) => ({
      path: ["resource", type, id, ...part],
      themes: RUN_THEMES,
    })),
  );
  return [...whole, ...parts];
}
