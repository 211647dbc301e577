import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

/** A module and what it imports as one file, the way it is published: a loader's own wrapping would be measured too. */
export interface Bundled {
  readonly file: string;
  readonly remove: () => void;
}

/** Packages stay outside: each side of a comparison loads the same copy of them. */
export async function bundled(entry: string): Promise<Bundled> {
  // Inside the checkout, where the packages are found.
  const folder = mkdtempSync(join("dist", "bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const file = join(folder, basename(entry).replace(/\.ts$/, ".mjs"));
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.18",
    packages: "external",
    logLevel: "warning",
  });
  return { file, remove };
}
