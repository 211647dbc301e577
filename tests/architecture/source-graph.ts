import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

export interface SourceFile {
  /** Path relative to the root. */
  readonly path: string;
  readonly text: string;
  /** Paths of own files, relative to the root. */
  readonly imports: readonly string[];
  /** Names of Node modules and packages. */
  readonly packages: readonly string[];
  readonly lines: number;
}

const FOLDERS = ["contract", "http", "stacks", "probes"];

/** Every product file, or that of other folders, with what it imports, dynamic imports and type imports included. */
export function readSources(root: string, folders: readonly string[] = FOLDERS): Map<string, SourceFile> {
  const nested = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map(({ parentPath, name }) => relative(root, join(parentPath, name))),
  );
  return new Map(["main.ts", ...nested].map((path) => [path, readSource(root, path)]));
}

function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8");
  const specifiers = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const own = specifiers.filter((specifier) => specifier.startsWith("."));
  return {
    path,
    text,
    imports: own
      .map((specifier) => relative(root, join(root, dirname(path), specifier)))
      .filter((each) => each.endsWith(".ts")),
    packages: specifiers.filter((specifier) => !specifier.startsWith(".")).map(packageName),
    lines: text.split("\n").length,
  };
}

function packageName(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Everything that can be reached from a file, the file itself left out. */
export function closure(path: string, sources: ReadonlyMap<string, SourceFile>): Set<string> {
  const seen = new Set<string>();
  const open = [...(sources.get(path)?.imports ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(sources.get(next)?.imports ?? []));
  }
  return seen;
}
