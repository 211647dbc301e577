import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";
import type { ConstructSource } from "../facts/provenance.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { ResourceGraph } from "./graph.ts";
import { readJsonConfiguration } from "./json-values.ts";

/** Largest synthesized stack that is read, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

interface ManifestStack {
  readonly name: string;
  readonly synthesizedStackPath: string;
}

/**
 * Reads synthesized output through its `manifest.json`, one graph a stack. A failed synth leaves stale JSON
 * behind and no manifest that vouches for it, so a missing manifest is an error.
 * @throws ConfigurationError with the file and what to do.
 */
export function readCdktfOut(directory: string): ResourceGraph[] {
  const manifestFile = join(directory, "manifest.json");
  if (!existsSync(manifestFile)) {
    throw new ConfigurationError(
      "no such file: the folder holds no finished synth; run `npx cdktf synth`, or name its output folder with --synth DIR",
      { file: manifestFile },
    );
  }
  const stacks = stacksOf(parseJson(manifestFile), manifestFile);
  if (stacks.length === 0)
    throw new ConfigurationError("lists no stack; synthesize at least one environment", { file: manifestFile });
  return stacks.map((stack) => readStack(directory, stack, manifestFile));
}

function readStack(directory: string, stack: ManifestStack, manifestFile: string): ResourceGraph {
  const path = normalize(stack.synthesizedStackPath);
  if (isAbsolute(path) || path.startsWith(".."))
    throw new ConfigurationError(`stack ${stack.name} points outside the folder: ${stack.synthesizedStackPath}`, {
      file: manifestFile,
    });
  const file = join(directory, path);
  if (!existsSync(file))
    throw new ConfigurationError(`no such file, though ${manifestFile} lists it; synthesize again`, { file });
  const text = readText(file);
  const constructs = readSources(join(file, "..", "sources.json"));
  const { resources, unknowns } = readJsonConfiguration(text, file, (construct) => constructs.get(construct));
  if (resources.length === 0) throw new ConfigurationError("holds no resource", { file });
  return {
    name: stack.name,
    resources: new Map(resources.map((resource) => [resource.address, resource])),
    unknowns,
    digest: createHash("sha256").update(text).digest("hex"),
  };
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
  const parsed = parseJson(file);
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

function parseJson(file: string): unknown {
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
