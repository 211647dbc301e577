import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join, normalize, relative, resolve } from "node:path";
import type { ConstructSource } from "../facts/provenance.ts";
import { Boundary } from "./boundary.ts";
import type { OnLook } from "./boundary.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { evaluateRoot } from "./evaluate/root-module.ts";
import type { ResourceGraph } from "./graph.ts";
import { parseJson } from "./syntax/json.ts";
import { isLoaded } from "./syntax/directory.ts";
import { mergeOverrides } from "./syntax/merge.ts";
import type { Body } from "./syntax/syntax.ts";

/** Largest synthesized stack that is read, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface GivenVariables {
  /** `NAME=VALUE`, for the variables of every stack. */
  readonly vars?: readonly string[];
  readonly varFiles?: readonly string[];
  /** `NAME=VALUE`, which everything else beats and which may name variables of somebody else: `TF_VAR_…`. */
  readonly environment?: readonly string[];
  /** Workspace of Terraform; default: the one that was selected. */
  readonly workspace?: string;
  readonly onLook?: OnLook;
}

interface ManifestStack {
  readonly name: string;
  readonly synthesizedStackPath: string;
}

/**
 * Reads synthesized output through its `manifest.json`, one graph a stack. A failed synth leaves stale JSON
 * behind and no manifest that vouches for it, so a missing manifest is an error.
 * @throws ConfigurationError with the file and what to do.
 */
export function readCdktfOut(directory: string, variables: GivenVariables = {}): ResourceGraph[] {
  const manifestFile = join(directory, "manifest.json");
  if (!existsSync(manifestFile)) {
    throw new ConfigurationError(
      "no such file: the folder holds no finished synth; run `npx cdktf synth`, or name its output folder with --synth DIR",
      { file: manifestFile },
    );
  }
  const stacks = stacksOf(readJson(manifestFile), manifestFile);
  if (stacks.length === 0)
    throw new ConfigurationError("lists no stack; synthesize at least one environment", { file: manifestFile });
  return stacks.map((stack) => readStack(directory, stack, manifestFile, variables));
}

function readStack(
  directory: string,
  stack: ManifestStack,
  manifestFile: string,
  { vars = [], varFiles = [], environment = [], workspace, onLook }: GivenVariables,
): ResourceGraph {
  const path = normalize(stack.synthesizedStackPath);
  if (isAbsolute(path) || path.startsWith(".."))
    throw new ConfigurationError(`stack ${stack.name} points outside the folder: ${stack.synthesizedStackPath}`, {
      file: manifestFile,
    });
  const file = join(directory, path);
  onLook?.(resolve(file));
  onLook?.(resolve(file, "..", "sources.json"));
  if (!existsSync(file))
    throw new ConfigurationError(`no such file, though ${manifestFile} lists it; synthesize again`, { file });
  const text = readText(file);
  const constructs = readSources(join(file, "..", "sources.json"));
  const hash = createHash("sha256").update(text);
  const onRead = (own: string, content: string | Buffer): void =>
    void hash.update(relative(directory, own)).update(content);
  const boundary = Boundary.around(directory, directory, onLook);
  const { body: _, ...graph } = evaluateRoot({
    directory: join(file, ".."),
    boundary,
    ...bodyOf({ text, file, boundary }),
    vars,
    varFiles,
    environment,
    ...(workspace !== undefined && { workspace }),
    constructOf: (construct) => constructs.get(construct),
    onRead,
  });
  refuseEmpty(graph, file);
  return { ...graph, name: stack.name, file: path, digest: hash.digest("hex") };
}

/**
 * What was synthesized; nothing where other files stand beside it, which Terraform would load too: then the folder is read
 * as any other.
 */
function bodyOf({ text, file, boundary }: { text: string; file: string; boundary: Boundary }): {
  body?: Body;
  bodyFile?: readonly [string, string];
} {
  const isAlone = boundary.files(join(file, "..")).filter(isLoaded).length === 1;
  return isAlone ? { body: synthesizedBody(text, file), bodyFile: [file, text] } : {};
}

/**
 * The graph of one synthesized text alone, without a folder beside it.
 * @throws ConfigurationError for what is not Terraform's JSON, and for a text without a resource.
 */
export function readSynthesized(text: string, file: string, name: string): ResourceGraph {
  const { body: _, ...graph } = evaluateRoot({
    directory: ".",
    boundary: undefined,
    body: synthesizedBody(text, file),
    onRead: () => undefined,
  });
  refuseEmpty(graph, file);
  return { ...graph, name, digest: createHash("sha256").update(text).digest("hex") };
}

function synthesizedBody(text: string, file: string): Body {
  try {
    return mergeOverrides([parseJson(text, file)]);
  } catch (cause) {
    // What CDKTF writes is right; a file that is not was cut off or edited.
    if (cause instanceof ConfigurationError) cause.message += "; synthesize again";
    throw cause;
  }
}

function refuseEmpty({ resources, unknowns }: Pick<ResourceGraph, "resources" | "unknowns">, file: string): void {
  if (resources.size === 0 && unknowns.length === 0) throw new ConfigurationError("holds no resource", { file });
}

function stacksOf(manifest: unknown, file: string): ManifestStack[] {
  const stacks = isRecord(manifest) ? manifest["stacks"] : undefined;
  if (!isRecord(stacks)) throw new ConfigurationError("has no `stacks`: is this a CDKTF manifest?", { file });
  return Object.values(stacks).map((stack) => {
    const { name, synthesizedStackPath } = isRecord(stack) ? stack : {};
    if (typeof name !== "string" || typeof synthesizedStackPath !== "string")
      throw new ConfigurationError("has a stack without name or path", { file });
    return { name, synthesizedStackPath };
  });
}

/** Construct path → TypeScript line. Foreign CDKTF output has no such file, and its findings name no TypeScript line. */
function readSources(file: string): Map<string, ConstructSource> {
  if (!existsSync(file)) return new Map();
  const parsed = readJson(file);
  const constructs = isRecord(parsed) ? parsed["constructs"] : undefined;
  if (!isRecord(constructs)) throw new ConfigurationError("has no `constructs`; synthesize again", { file });
  return new Map(
    Object.entries(constructs).flatMap(([path, at]) =>
      isRecord(at) && typeof at["file"] === "string" && typeof at["line"] === "number"
        ? [[path, { path, file: at["file"], line: at["line"] }] as const]
        : [],
    ),
  );
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readText(file));
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(`is not valid JSON: ${(cause as Error).message}`, { file });
  }
}

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new ConfigurationError(`cannot be read: ${(cause as Error).message}`, { file });
  }
  if (bytes.length > MAX_BYTES) {
    throw new ConfigurationError(`is ${bytes.length} bytes; at most ${MAX_BYTES} are read`, { file });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigurationError("is not UTF-8", { file });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
