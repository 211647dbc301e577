import { afterEach } from "vitest";
import { readDirectory } from "../../probes/terraform/read-directory.ts";
import type { DirectoryOptions } from "../../probes/terraform/read-directory.ts";
import type { ResourceGraph, Value } from "../../probes/terraform/graph.ts";
import { temporaryFolder } from "./edge-fixture.ts";

const folders: { remove: () => void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

/** A folder of its own with these files, gone after the test. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(files);
  folders.push(folder);
  return folder.path;
}

/** The graph of these files; one text is `main.tf`. */
export function graphOfFiles(
  files: string | Readonly<Record<string, string>>,
  options: DirectoryOptions = {},
): Promise<ResourceGraph> {
  return readDirectory(folderOf(typeof files === "string" ? { "main.tf": files } : files), options);
}

/** A value as plain data: `→address.attribute=value` for a reference, `?reason` for what is not known. */
export function plain(value: Value): unknown {
  switch (value.kind) {
    case "object":
      return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry)]));
    case "list":
      return value.items.map(plain);
    case "literal":
      return value.value;
    case "reference": {
      const known = value.value === undefined ? "" : `=${JSON.stringify(plain(value.value))}`;
      return `→${value.address}${value.attribute === "" ? "" : `.${value.attribute}`}${known}`;
    }
    case "template":
      return (value.parts ?? []).map((part) => (typeof part === "string" ? part : `{${String(plain(part))}}`)).join("");
    case "unknown":
      return `?${value.reason}`;
  }
}

/** All resources as plain data, by address. */
export function plainGraph(graph: ResourceGraph): Record<string, unknown> {
  return Object.fromEntries([...graph.resources.values()].map(({ address, body }) => [address, plain(body)]));
}

/** Every value of a resource with its attribute path, outermost first. */
export function valuesIn(value: Value): Value[] {
  if (value.kind === "list") return [value, ...value.items.flatMap(valuesIn)];
  return value.kind === "object" ? [value, ...[...value.entries.values()].flatMap(valuesIn)] : [value];
}
