import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Terraform JSON, loosely typed: tests edit it the way a person would. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export type EnvironmentId = "staging" | "production";

/** The edge that users meet, and the closed one of an environment with `promotion: preview`. */
export type EdgeId = "public" | "preview";

/** Synthesized output of the reference system; shared by all tests, never written to. */
export function referenceSynth(): string {
  const directory = process.env["HEADGATE_REFERENCE_SYNTH"];
  if (directory === undefined) throw new Error("the global setup has not run");
  return directory;
}

/** Terraform of one environment of the reference system; a copy that a test may edit. */
export function referenceTerraform(environment: EnvironmentId = "staging"): Json {
  return JSON.parse(readFileSync(join(referenceSynth(), stackFile(environment)), "utf8"));
}

/** A temporary folder and the function that takes it away. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "headgate-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A copy of the reference output with its Terraform edited; gives the copy's folder. */
export function plantedSynth(
  folder: string,
  plant: (terraform: Json) => void,
  environment: EnvironmentId = "staging",
): string {
  const directory = join(folder, "cdktf.out");
  cpSync(referenceSynth(), directory, { recursive: true });
  const file = join(directory, stackFile(environment));
  const terraform: Json = JSON.parse(readFileSync(file, "utf8"));
  const before = JSON.stringify(terraform);
  plant(terraform);
  if (JSON.stringify(terraform) === before) throw new Error("the plant changed nothing");
  writeFileSync(file, JSON.stringify(terraform, null, 2));
  return directory;
}

/** The URL map that routes, as opposed to the one that redirects. */
export function routingMap(terraform: Json, edge: EdgeId = "public"): Json {
  return only(
    terraform.resource.google_compute_url_map,
    (id, map) => edgeOf(id) === edge && map.path_matcher !== undefined,
  )[1];
}

/** Backend service of a declared service. */
export function backendOf(terraform: Json, service: string, edge: EdgeId = "public"): Json {
  return backendEntry(terraform, service, edge)[1];
}

/** Reference to the backend service of a declared service. */
export function backendReference(terraform: Json, service: string, edge: EdgeId = "public"): string {
  return `\${google_compute_backend_service.${backendEntry(terraform, service, edge)[0]}.id}`;
}

/** Cloud Run service of a declared service; on the preview edge, the witness in its place. */
export function runServiceOf(terraform: Json, service: string, edge: EdgeId = "public"): Json {
  return only(
    terraform.resource.google_cloud_run_v2_service,
    (id, run) => edgeOf(id) === edge && run.labels["headgate-service"] === service,
  )[1];
}

/** The edge that a resource belongs to, by its Terraform name. */
export function edgeOf(id: string): EdgeId {
  return id.startsWith("preview_") ? "preview" : "public";
}

function backendEntry(terraform: Json, service: string, edge: EdgeId): [string, Json] {
  const start = `${edge === "preview" ? "preview_" : ""}backend-${service}-`;
  return only(terraform.resource.google_compute_backend_service, (id) => id.startsWith(start));
}

function only(resources: Record<string, Json>, wanted: (id: string, body: Json) => boolean): [string, Json] {
  const found = Object.entries(resources).filter(([id, body]) => wanted(id, body));
  if (found.length !== 1) throw new Error(`expected one resource, found ${found.length}`);
  return found[0]!;
}

function stackFile(environment: EnvironmentId): string {
  return `stacks/${environment}/cdk.tf.json`;
}
