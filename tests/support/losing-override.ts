import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "./reference.ts";

/** Lays a file beside a synthesized stack that takes the credential from every request, and gives its path. */
export function losingOverride(stack: string): string {
  const { resource }: Json = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8"));
  const name = Object.keys(resource.google_compute_url_map).find((id) => id.startsWith("routing"))!;
  const file = join(stack, "zz_override.tf");
  writeFileSync(
    file,
    `resource "google_compute_url_map" "${name}" {\n  header_action {\n    request_headers_to_remove = ["Authorization"]\n  }\n}\n`,
  );
  return file;
}
