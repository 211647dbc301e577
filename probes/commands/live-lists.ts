import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { LiveType } from "../drift/compare.ts";
import { ApiError, listAll } from "../live/api.ts";
import type { ApiOptions } from "../live/api.ts";
import { COLLECTIONS } from "../live/collections.ts";
import { accessToken } from "../live/token.ts";
import { API_KINDS, kindOf } from "../terraform/export/kinds.ts";
import { knownText, resourcesOfType } from "../terraform/graph.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";

type Live = Map<string, LiveType>;
type Found = Record<string, unknown>;

/** What runs of every type that the configuration holds, asked of Google's APIs. A list that cannot be had says why. */
export async function listLive(
  graph: ResourceGraph,
  options: Omit<ApiOptions, "token">,
  { env }: Pick<CommandContext, "env">,
): Promise<Live> {
  const wanted = COLLECTIONS.filter(({ types }) => types.some((type) => resourcesOfType(graph, type).length > 0));
  const token = await accessToken(env).catch((error: Error) => error);
  const lists = wanted.map(async (collection): Promise<[string, LiveType]> => {
    const type = collection.types[0]!;
    if (token instanceof Error) return [type, { state: "unknown", reason: token.message }];
    try {
      const regions = collection.path.includes("{region}") ? regionsOf(graph, type, options.region) : [options.region];
      const pages = await Promise.all(regions.map((region) => listAll(collection, { ...options, region, token })));
      return [type, { state: "listed", resources: pages.flat() }];
    } catch (error) {
      if (error instanceof ApiError) return [type, { state: "unknown", reason: error.message }];
      throw error;
    }
  });
  return new Map(await Promise.all(lists));
}

function regionsOf(graph: ResourceGraph, type: string, usual: string): string[] {
  const written = resourcesOfType(graph, type).map(
    ({ body }) => knownText(body.entries.get("region")) ?? knownText(body.entries.get("location")) ?? usual,
  );
  return [...new Set(written)];
}

/**
 * What runs, as files hold it: `gcloud … export`, `gcloud … describe --format json`, or answers of the APIs.
 * @throws UsageError for what cannot be read, or holds nothing of an edge.
 */
export function readLive(files: readonly string[]): Live {
  const found = new Map<string, Found[]>();
  for (const file of files.flatMap(filesIn))
    for (const resource of resourcesIn(file)) {
      const type = typeOf(resource);
      if (type !== undefined) found.set(type, [...(found.get(type) ?? []), resource]);
    }
  if (found.size === 0)
    throw new UsageError(
      `--live ${files.join(" ")} holds no resource of an edge; give what \`gcloud compute url-maps export\` or \`gcloud … describe --format json\` wrote`,
    );
  return new Map([...found].map(([type, resources]) => [type, { state: "listed", resources }]));
}

function filesIn(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new UsageError(`--live ${path}: no such file or folder`);
  if (!stats.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => /\.(json|ya?ml)$/.test(name))
    .map((name) => join(path, name));
}

function resourcesIn(file: string): Found[] {
  const documents = parseAllDocuments(readFileSync(file, "utf8"), { logLevel: "silent" });
  const list = Array.isArray(documents) ? documents : [];
  const error = list.flatMap(({ errors }) => errors)[0];
  if (error !== undefined) throw new UsageError(`--live ${file}: ${error.message.split("\n")[0]!.replace(/:$/, "")}`);
  return list.flatMap((document) => flattened(document.toJS({ maxAliasCount: 0 }) as unknown));
}

function flattened(value: unknown): Found[] {
  if (Array.isArray(value)) return value.flatMap(flattened);
  if (typeof value !== "object" || value === null) return [];
  const record = value as Found;
  const inner = ["items", "services", "certificates"].map((key) => record[key]).find(Array.isArray);
  return inner === undefined ? [record] : flattened(inner);
}

function typeOf(resource: Found): string | undefined {
  const name = typeof resource["name"] === "string" ? resource["name"] : "";
  if (/\/locations\/[^/]+\/services\//.test(name)) return "google_cloud_run_v2_service";
  if (/\/locations\/[^/]+\/certificates\//.test(name)) return "google_certificate_manager_certificate";
  const named = typeof resource["kind"] === "string" ? resource["kind"] : undefined;
  const kind = kindOf(Object.keys(resource), named);
  if (kind === undefined) return undefined;
  return API_KINDS[kind]![typeof resource["region"] === "string" ? "regional" : "global"];
}
