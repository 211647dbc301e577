import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Terraform JSON, loosely typed: tests edit it the way a person would. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

const STACK = "stacks/staging/cdk.tf.json";

/** Synthesized output of the reference system; shared by all tests, never written to. */
export function referenceSynth(): string {
  const directory = process.env["HEADGATE_REFERENCE_SYNTH"];
  if (directory === undefined) throw new Error("the global setup has not run");
  return directory;
}

/** A temporary folder and the function that takes it away. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "headgate-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A copy of the reference output with its Terraform edited; gives the copy's folder. */
export function plantedSynth(folder: string, plant: (terraform: Json) => void): string {
  const directory = join(folder, "cdktf.out");
  cpSync(referenceSynth(), directory, { recursive: true });
  const file = join(directory, STACK);
  const terraform: Json = JSON.parse(readFileSync(file, "utf8"));
  const before = JSON.stringify(terraform);
  plant(terraform);
  if (JSON.stringify(terraform) === before) throw new Error("the plant changed nothing");
  writeFileSync(file, JSON.stringify(terraform, null, 2));
  return directory;
}

/** The URL map that routes, as opposed to the one that redirects. */
export function routingMap(terraform: Json): Json {
  return only(terraform.resource.google_compute_url_map, (_, map) => map.path_matcher !== undefined);
}

/** Backend service of a declared service. */
export function backendOf(terraform: Json, service: string): Json {
  return only(terraform.resource.google_compute_backend_service, (name) => name.startsWith(`backend-${service}-`));
}

/** Reference to the backend service of a declared service. */
export function backendReference(terraform: Json, service: string): string {
  const name = Object.keys(terraform.resource.google_compute_backend_service as object).find((each) =>
    each.startsWith(`backend-${service}-`),
  );
  return `\${google_compute_backend_service.${name}.id}`;
}

/** Cloud Run service of a declared service. */
export function runServiceOf(terraform: Json, service: string): Json {
  return only(terraform.resource.google_cloud_run_v2_service, (_, run) => run.labels["headgate-service"] === service);
}

function only(resources: Record<string, Json>, wanted: (name: string, body: Json) => boolean): Json {
  const found = Object.entries(resources).filter(([name, body]) => wanted(name, body));
  if (found.length !== 1) throw new Error(`expected one resource, found ${found.length}`);
  return found[0]![1];
}
