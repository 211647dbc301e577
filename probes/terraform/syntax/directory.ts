import { join } from "node:path";
import type { Asked, Boundary } from "../boundary.ts";
import { MAX_BYTES, readText } from "../files.ts";
import { hclParser } from "./hcl.ts";
import { parseJson } from "./json.ts";
import type { SourceFile } from "./syntax.ts";

/**
 * The files that Terraform loads from a module's folder: `*.tf` and `*.tf.json` by name, without subfolders, hidden files
 * and backups; the override files, flagged, come last. A folder without any gives an empty list.
 * @param asked what asks for the folder, where it is not the root module.
 * @throws ConfigurationError for a file that cannot be read or parsed, and for a way that leaves the boundary.
 */
export function readModuleFiles(
  directory: string,
  boundary: Boundary,
  parser = hclParser,
  asked?: Asked,
): SourceFile[] {
  const files = boundary
    .files(directory, asked)
    .filter(isLoaded)
    .map((name) => {
      const file = join(directory, name);
      const real = boundary.enter(file);
      return name.endsWith(".json")
        ? parseJson(readText(real, MAX_BYTES.json, file), file, parser)
        : parser.parse(readText(real, MAX_BYTES.hcl, file), file);
    });
  return [...files.filter(({ isOverride }) => !isOverride), ...files.filter(({ isOverride }) => isOverride)];
}

/** Whether Terraform loads a file of this name. Editors write their backups as `name~` and `#name#`, which no longer end as configuration does. */
export function isLoaded(name: string): boolean {
  return /\.tf(?:\.json)?$/.test(name) && !name.startsWith(".");
}
