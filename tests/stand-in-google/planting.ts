import type { Json } from "../support/reference.ts";

export interface RefusalFixture {
  /** Id of the row of the refusal table that this edge meets, and no other. */
  readonly refusal: string;
  /** Words of the refusal. */
  readonly says: string;
  /** What is planted into the good edge. */
  readonly plant: (resource: Json) => void;
  /** The good edge stands already, and the fixture is a change of it. */
  readonly isChange?: true;
}

export const backend = (resource: Json): Json => resource.google_compute_backend_service.app;
export const routes = (resource: Json): Json => resource.google_compute_url_map.routes;
export const matcher = (resource: Json): Json => routes(resource).path_matcher[0];
export const template = (resource: Json): Json => resource.google_cloud_run_v2_service.app.template;
export const APP = "${google_compute_backend_service.app.id}";
export const added = (name: string): Json => ({ header_name: name, header_value: "one", replace: true });
export const pathRules = (count: number): Json =>
  Array.from({ length: count }, (_, index) => ({ paths: [`/${index}/${"a".repeat(900)}`], service: APP }));

export function makeClassic(resource: Json): void {
  backend(resource).load_balancing_scheme = "EXTERNAL";
  for (const rule of Object.values(resource.google_compute_global_forwarding_rule)) {
    (rule as Json).load_balancing_scheme = "EXTERNAL";
  }
}
