import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { Boundary } from "./boundary.ts";
import type { OnLook } from "./boundary.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { withLocked } from "./evaluate/providers.ts";
import { evaluateRoot } from "./evaluate/root-module.ts";
import { MAX_BYTES, readText } from "./files.ts";
import type { ResourceGraph } from "./graph.ts";
import { hclParser } from "./syntax/hcl.ts";
import type { Body } from "./syntax/syntax.ts";

export interface DirectoryOptions {
  /** `NAME=VALUE`, as `terraform -var` takes them. */
  readonly vars?: readonly string[];
  readonly varFiles?: readonly string[];
  /** `NAME=VALUE`, which everything else beats and which may name variables of somebody else: `TF_VAR_…`. */
  readonly environment?: readonly string[];
  /** Workspace of Terraform; default: the one that was selected. */
  readonly workspace?: string;
  /** Nothing outside of this folder is read; default: the git root of the folder, else the folder itself. */
  readonly root?: string;
  readonly onLook?: OnLook;
}

/**
 * The resources that the `*.tf` and `*.tf.json` of a folder describe, with those of the local modules that they call. It
 * evaluates what can be known without a provider and without a network; what cannot is an unknown with its reason.
 * @throws ConfigurationError for what cannot be read or parsed, for circles, and beyond all limits.
 */
export async function readDirectory(directory: string, options: DirectoryOptions = {}): Promise<ResourceGraph> {
  return Promise.resolve(evaluateDirectory(directory, options));
}

function evaluateDirectory(
  directory: string,
  { vars = [], varFiles = [], environment = [], workspace, root, onLook }: DirectoryOptions,
): ResourceGraph {
  const boundary = Boundary.around(directory, root, onLook);
  const hash = createHash("sha256");
  // Where the folder lies is no part of it; lengths keep two files from being taken for one.
  const onRead = (file: string, content: string | Buffer): void =>
    void hash.update(`${relative(directory, file)}\0${content.length}\0`).update(content);
  const { body, ...graph } = evaluateRoot({
    directory,
    boundary,
    vars,
    varFiles,
    environment,
    onRead,
    ...(workspace !== undefined && { workspace }),
  });
  if (graph.resources.size === 0 && graph.unknowns.length === 0)
    throw new ConfigurationError("holds no resource", { file: directory });
  return {
    ...graph,
    name: basename(resolve(directory)),
    providers: withLock(graph.providers ?? new Map(), body, { directory, boundary }),
    digest: hash.digest("hex"),
  };
}

function withLock(
  providers: NonNullable<ResourceGraph["providers"]>,
  root: Body,
  { directory, boundary }: { directory: string; boundary: Boundary },
): ResourceGraph["providers"] {
  const file = join(directory, ".terraform.lock.hcl");
  boundary.onLook(resolve(file));
  if (!existsSync(file)) return providers;
  const lock = hclParser.parse(readText(boundary.enter(file), MAX_BYTES.hcl, file), file);
  return withLocked(providers, root, lock.body);
}
