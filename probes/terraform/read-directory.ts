import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Boundary } from "./boundary.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { Evaluation } from "./evaluate/evaluation.ts";
import { graphOf } from "./evaluate/graph-of.ts";
import { readInputs } from "./evaluate/inputs.ts";
import { installedModules } from "./evaluate/installed-modules.ts";
import { loadModules } from "./evaluate/loaded-module.ts";
import type { LoadedModule, ModuleReader } from "./evaluate/loaded-module.ts";
import { Module } from "./evaluate/module.ts";
import { withLocked } from "./evaluate/providers.ts";
import { readableFiles } from "./evaluate/readable-files.ts";
import { MAX_BYTES, readText } from "./files.ts";
import type { ResourceGraph } from "./graph.ts";
import { readModuleFiles } from "./syntax/directory.ts";
import { hclParser } from "./syntax/hcl.ts";
import { mergeOverrides } from "./syntax/merge.ts";
import type { Block, Body } from "./syntax/syntax.ts";

export interface DirectoryOptions {
  /** `NAME=VALUE`, as `terraform -var` takes them. */
  readonly vars?: readonly string[];
  readonly varFiles?: readonly string[];
  /** Nothing outside of this folder is read; default: the git root of the folder, else the folder itself. */
  readonly root?: string;
}

/** Looks after every file that is read, for the digest over all of them. */
type OnRead = (file: string, content: string | Buffer) => void;

/**
 * The resources that the `*.tf` and `*.tf.json` of a folder describe, with those of the local modules that they call. It
 * evaluates what can be known without a provider and without a network; what cannot is an unknown with its reason.
 * @throws ConfigurationError for what cannot be read or parsed, for circles, and beyond all limits.
 */
export async function readDirectory(directory: string, options: DirectoryOptions = {}): Promise<ResourceGraph> {
  return Promise.resolve(evaluateDirectory(directory, options));
}

function evaluateDirectory(directory: string, { vars = [], varFiles = [], root }: DirectoryOptions): ResourceGraph {
  const boundary = Boundary.around(directory, root);
  const hash = createHash("sha256");
  const onRead: OnRead = (file, content) => void hash.update(`${file}\0${content.length}\0`).update(content);
  const loaded = loadModules(directory, moduleReader(directory, boundary, onRead), boundary.enter(directory));
  const evaluation = new Evaluation(readableFiles(directory, boundary, onRead), workspaceOf(directory, boundary));
  const inputs = readInputs({ directory, boundary, vars, varFiles, onRead }, variablesOf(loaded), evaluation);
  const given = (name: string) => inputs.values.get(name);
  const graph = graphOf(new Module("", loaded, { given, isRoot: true }, evaluation), evaluation);
  if (graph.resources.size === 0 && graph.unknowns.length === 0)
    throw new ConfigurationError("holds no resource", { file: directory });
  return {
    ...graph,
    name: basename(resolve(directory)),
    providers: withLock(graph.providers ?? new Map(), loaded.body, { directory, boundary }),
    warnings: inputs.warnings,
    digest: hash.digest("hex"),
  };
}

function moduleReader(directory: string, boundary: Boundary, onRead: OnRead): ModuleReader {
  const askedBy = (call: Block) => ({ by: `module ${JSON.stringify(call.labels[0])}`, at: call.at });
  return {
    read: (folder, call): Body => {
      const files = readModuleFiles(folder, boundary, hclParser, call === undefined ? undefined : askedBy(call));
      for (const { file } of files) onRead(file, readText(boundary.enter(file), MAX_BYTES.json, file));
      return mergeOverrides(files);
    },
    realPath: (folder, call) => boundary.enter(folder, askedBy(call)),
    installed: installedModules(directory, boundary),
  };
}

function variablesOf({ body }: LoadedModule): ReadonlyMap<string, Block> {
  return new Map(
    body.items.flatMap((item) =>
      item.kind === "block" && item.type === "variable" ? [[item.labels[0]!, item] as const] : [],
    ),
  );
}

/** As `terraform workspace select` leaves it. */
function workspaceOf(directory: string, boundary: Boundary): string {
  const file = join(directory, ".terraform", "environment");
  const chosen = existsSync(file) ? readText(boundary.enter(file), MAX_BYTES.hcl, file).trim() : "";
  return chosen === "" ? "default" : chosen;
}

function withLock(
  providers: NonNullable<ResourceGraph["providers"]>,
  root: Body,
  { directory, boundary }: { directory: string; boundary: Boundary },
): ResourceGraph["providers"] {
  const file = join(directory, ".terraform.lock.hcl");
  if (!existsSync(file)) return providers;
  const lock = hclParser.parse(readText(boundary.enter(file), MAX_BYTES.hcl, file), file);
  return withLocked(providers, root, lock.body);
}
