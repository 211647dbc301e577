import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { parseTree, printParseErrorCode } from "jsonc-parser";
import type { ParseError } from "jsonc-parser";
import type { ConfigurationKind } from "../facts/result.ts";
import type { OnLook } from "./boundary.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { looksExported, readExports } from "./export/read-export.ts";
import type { ResourceGraph } from "./graph.ts";

import { readShown, shownKind } from "./plan/read-plan.ts";
import type { JsonFile } from "./plan/read-plan.ts";
import { readCdktfOut } from "./read-cdktf-out.ts";
import { refuseDepth } from "./syntax/json-depth.ts";
import { placesOf } from "./syntax/place.ts";

export type SourceKind = Exclude<ConfigurationKind, "live">;

export interface SourceOptions {
  /** `NAME=VALUE`, as `terraform -var` takes them. */
  readonly vars?: readonly string[];
  readonly varFiles?: readonly string[];
  /** `NAME=VALUE`, which everything else beats and which may name variables of somebody else: `TF_VAR_…`. */
  readonly environment?: readonly string[];
  /** Workspace of Terraform; default: the one that was selected. */
  readonly workspace?: string;
  /** Nothing outside of this folder is read; default: the git root of the source, else the source itself. */
  readonly root?: string;
  /** Told of every file and folder that is looked at, also of those that are not there. */
  readonly onLook?: OnLook;
}

export interface Source {
  readonly kind: SourceKind;
  /** One for each stack of `cdktf.out`, else one. */
  readonly graphs: readonly ResourceGraph[];
}

/** Largest plan, state or export that is read, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

const VALID =
  "a folder of *.tf files, a folder written by `cdktf synth`, the output of `terraform show -json`, or an exported URL map";

/**
 * Reads a configuration, whatever form it has: `cdktf.out`, a folder of `*.tf` and `*.tf.json`, a plan or a state as
 * `terraform show -json` prints it, or what `gcloud compute url-maps export` wrote. One graph for all.
 * @throws ConfigurationError with the place, and what would be right.
 */
export async function readSource(path: string, options: SourceOptions = {}): Promise<Source> {
  options.onLook?.(resolve(path));
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new ConfigurationError(`no such file or folder; name ${VALID}`, { file: path });
  if (stats.isDirectory()) return readFolder(path, options);
  if (!stats.isFile()) throw new ConfigurationError(`is neither a file nor a folder; name ${VALID}`, { file: path });
  // A module is a folder: one of its files means all of them.
  if (/\.tf(\.json)?$/.test(path)) return readFolder(dirname(path), options);
  if (basename(path) === "manifest.json") return { kind: "cdktf", graphs: readCdktfOut(dirname(path), options) };
  return readDocument(path, stats.size);
}

async function readFolder(path: string, options: SourceOptions): Promise<Source> {
  options.onLook?.(resolve(path, "manifest.json"));
  const names = readdirSync(path);
  const isSynthesized = names.includes("manifest.json") || (names.includes("stacks") && !names.some(isConfiguration));
  if (isSynthesized) return { kind: "cdktf", graphs: readCdktfOut(path, options) };
  if (names.some(isConfiguration)) {
    const { readDirectory } = await import("./read-directory.ts");
    return { kind: "directory", graphs: [await readDirectory(path, options)] };
  }
  const exported = names
    .filter((name) => [".yaml", ".yml", ".json"].includes(extname(name)))
    .map((name) => join(path, name))
    .map((file) => {
      options.onLook?.(resolve(file));
      return file;
    })
    .filter((file) => statSync(file).isFile())
    .map((file) => ({ file, text: textOf(file, statSync(file).size) }))
    .filter(({ text }) => looksExported(text));
  if (exported.length === 0) throw new ConfigurationError(`holds no configuration; name ${VALID}`, { file: path });
  return { kind: "export", graphs: [readExports(exported, nameOf(path))] };
}

function readDocument(file: string, bytes: number): Source {
  const text = textOf(file, bytes);
  const name = nameOf(file);
  if (extname(file) !== ".json" && !/^\s*[[{]/.test(text)) {
    if (!looksExported(text)) throw new ConfigurationError(`is nothing that can be read; name ${VALID}`, { file });
    return { kind: "export", graphs: [readExports([{ file, text }], name)] };
  }
  const json = parseJson(file, text);
  const kind = shownKind(json.root);
  if (kind !== undefined) return { kind, graphs: [readShown(json, name)] };
  if (looksExported(text)) return { kind: "export", graphs: [readExports([{ file, text }], name)] };
  const isRawState = text.includes('"lineage"') && text.includes('"serial"');
  const hint = isRawState ? "is a state as Terraform keeps it; give the output of `terraform show -json`" : undefined;
  throw new ConfigurationError(hint ?? `is nothing that can be read; name ${VALID}`, { file });
}

/** One file of JSON with its places. @throws ConfigurationError for what is none, or too large. */
export function readJson(file: string): JsonFile {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) throw new ConfigurationError("no such file", { file });
  return parseJson(file, textOf(file, stats.size));
}

function parseJson(file: string, text: string): JsonFile {
  const errors: ParseError[] = [];
  const placeOf = placesOf(text, file);
  refuseDepth(text, placeOf);
  const root = parseTree(text, errors, { disallowComments: true });
  const [error] = errors;
  if (root === undefined || error !== undefined)
    throw new ConfigurationError(
      error === undefined ? "is empty" : `is not valid JSON: ${printParseErrorCode(error.error)}`,
      placeOf(error?.offset ?? 0),
    );
  return { file, text, root, placeOf };
}

function isConfiguration(name: string): boolean {
  return /\.tf(\.json)?$/.test(name) && !name.startsWith(".");
}

function nameOf(path: string): string {
  const name = basename(resolve(path));
  return name.replace(/\.(json|ya?ml)$/, "");
}

function textOf(file: string, bytes: number): string {
  if (bytes > MAX_BYTES) throw new ConfigurationError(`is ${bytes} bytes; at most ${MAX_BYTES} are read`, { file });
  const content = read(file);
  if (content[0] === 0x50 && content[1] === 0x4b)
    throw new ConfigurationError("is a saved plan in binary form; give the output of `terraform show -json PLAN`", {
      file,
    });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    throw new ConfigurationError("is not UTF-8", { file });
  }
}

function read(file: string): Buffer {
  if (!existsSync(file)) throw new ConfigurationError("no such file", { file });
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ConfigurationError(`cannot be read: ${(cause as Error).message}`, { file });
  }
}
