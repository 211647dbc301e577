import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ConstructSource } from "../../facts/provenance.ts";
import type { Remark } from "../../facts/waiver.ts";
import type { Boundary } from "../boundary.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { MAX_BYTES, readText } from "../files.ts";
import type { Basis, ResourceGraph } from "../graph.ts";
import { readModuleFiles } from "../syntax/directory.ts";
import { hclParser } from "../syntax/hcl.ts";
import { mergeOverrides } from "../syntax/merge.ts";
import { remarksIn } from "../syntax/remarks.ts";
import type { Block, Body } from "../syntax/syntax.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { BasisNotes, isReceipt } from "./basis.ts";
import { Evaluation } from "./evaluation.ts";
import { graphOf } from "./graph-of.ts";
import { readInputs } from "./inputs.ts";
import { installedModules } from "./installed-modules.ts";
import { loadModules } from "./loaded-module.ts";
import type { LoadedModule, ModuleReader } from "./loaded-module.ts";
import { Module } from "./module.ts";
import { readableFiles } from "./readable-files.ts";

export interface RootModule {
  readonly directory: string;
  /** Undefined: there is no folder, and nothing beside the body is read. */
  readonly boundary: Boundary | undefined;
  /** The root module's own configuration; its folder is read where this is left out. */
  readonly body?: Body;
  /** File and text that the body was parsed from. */
  readonly bodyFile?: readonly [file: string, text: string];
  /** `NAME=VALUE`. */
  readonly vars?: readonly string[];
  readonly varFiles?: readonly string[];
  /** `NAME=VALUE`, before all others. */
  readonly environment?: readonly string[];
  /** Default: the one that was selected. */
  readonly workspace?: string;
  /** Called with every file that is read besides the body. */
  readonly onRead: (file: string, content: string | Buffer) => void;
  readonly constructOf?: (path: string) => ConstructSource | undefined;
}

export type RootGraph = Omit<ResourceGraph, "name" | "digest" | "basis"> & {
  readonly body: Body;
  readonly basis: Basis;
};

/**
 * Evaluates a root module with all that it calls.
 * @throws ConfigurationError for what cannot be read or parsed, for circles, and beyond all limits.
 */
export function evaluateRoot(root: RootModule): RootGraph {
  const { directory, boundary, constructOf, vars = [], varFiles = [], environment = [] } = root;
  const remarks: Remark[] = [];
  const notes = new BasisNotes(directory);
  const onRead: RootModule["onRead"] = (file, content) => {
    root.onRead(file, content);
    // What the user names may lie anywhere; its values are noted instead.
    if (!varFiles.includes(file)) notes.file(file, content);
  };
  if (root.bodyFile !== undefined) notes.file(...root.bodyFile);
  const loaded = loadModules(
    directory,
    moduleReader({ ...root, onRead }, { remarks, notes }),
    boundary?.enter(directory) ?? directory,
  );
  const files =
    boundary === undefined
      ? NO_FILES
      : readableFiles(resolve(directory), boundary, (file, content) => {
          if (isReceipt(file)) return;
          root.onRead(file, content);
          notes.asFunction(file, content);
        });
  const workspace = root.workspace ?? (boundary === undefined ? "default" : workspaceOf(directory, boundary));
  const evaluation = new Evaluation(files, workspace);
  const inputs =
    boundary === undefined
      ? undefined
      : readInputs({ directory, boundary, vars, varFiles, environment, onRead }, variablesOf(loaded), evaluation);
  const given = (name: string) => inputs?.values.get(name);
  const module = new Module("", loaded, { given, isRoot: true }, evaluation);
  const graph = graphOf(module, evaluation, constructOf);
  const asked = evaluation.workspaceAsked;
  const basis = notes.finish(
    new Map([...module.variables(), ...(asked === undefined ? [] : [[WORKSPACE, asked] as const])]),
  );
  return { ...graph, warnings: inputs?.warnings ?? [], remarks, body: loaded.body, basis };
}

function moduleReader(
  { directory, boundary, body, onRead }: RootModule,
  { remarks, notes }: { readonly remarks: Remark[]; readonly notes: BasisNotes },
): ModuleReader {
  const askedBy = (call: Block) => ({ by: `module ${JSON.stringify(call.labels[0])}`, at: call.at });
  const inside = (call: Block): Boundary => {
    if (boundary !== undefined) return boundary;
    throw new ConfigurationError(`module ${call.labels[0] ?? ""} cannot be read: there is no folder`, call.at);
  };
  const readFolder = (folder: string, within: Boundary, call: Block | undefined): Body => {
    const files = readModuleFiles(folder, within, hclParser, call === undefined ? undefined : askedBy(call));
    notes.folder(folder);
    for (const { file } of files) {
      const text = readText(within.enter(file), MAX_BYTES.json, file);
      onRead(file, text);
      if (file.endsWith(".tf")) remarks.push(...remarksIn(text, file));
    }
    return mergeOverrides(files);
  };
  return {
    read: (folder, call) => {
      if (call !== undefined) return readFolder(folder, inside(call), call);
      return body ?? readFolder(folder, boundary!, call);
    },
    realPath: (folder, call) => inside(call).enter(folder, askedBy(call)),
    installed: boundary === undefined ? () => undefined : installedModules(directory, boundary),
  };
}

/** Stands among the variables that a configuration rests on, where it does; no variable can have this name. */
const WORKSPACE = "terraform.workspace";

const NO_FILES = {
  cwd: resolve("."),
  read: (path: string): never => {
    throw new EvaluationError(`${path} cannot be read: there is no folder`);
  },
  list: (): never => {
    throw new EvaluationError("there is no folder to list");
  },
};

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
  boundary.onLook(resolve(file));
  const chosen = existsSync(file) ? readText(boundary.enter(file), MAX_BYTES.hcl, file).trim() : "";
  return chosen === "" ? "default" : chosen;
}
