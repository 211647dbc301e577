import { posix, relative } from "node:path";
import { ConfigurationError } from "../configuration-error.ts";
import type { Block, Body } from "../syntax/syntax.ts";
import { LIMITS } from "./budget.ts";
import { attributeIn } from "./body-items.ts";

/** A module with all that it calls, before anything is evaluated. */
export interface LoadedModule {
  readonly body: Body;
  /** As `path.module` has it: relative to the root module, `.` for itself. */
  readonly directory: string;
  readonly calls: ReadonlyMap<string, LoadedModule | RemoteModule>;
}

/** A module that is not read, and why. */
export interface RemoteModule {
  readonly reason: string;
}

/** Where modules come from. */
export interface ModuleReader {
  /** One module, its overrides merged. @throws ConfigurationError for a folder that may not be read. */
  readonly read: (directory: string, call: Block | undefined) => Body;
  /** The real path behind a folder, by which circles are found. */
  readonly realPath: (directory: string, call: Block) => string;
  /** The folder that `terraform init` put a module into, by its keys from the root: `edge.inner`. */
  readonly installed: (key: string, source: string) => string | undefined;
}

interface Above {
  readonly directory: string;
  readonly key: string;
  /** Folders from the root to here: their real paths, and how they were named. */
  readonly chain: readonly { readonly real: string; readonly named: string }[];
}

/**
 * A module and all local modules that it calls, whether an instance of them will exist or not, as `terraform init` does.
 * @throws ConfigurationError for a circle, with its chain, and for more levels than are read.
 */
export function loadModules(root: string, reader: ModuleReader, realRoot: string): LoadedModule {
  return load(
    reader.read(root, undefined),
    { directory: root, key: "", chain: [{ real: realRoot, named: "." }] },
    root,
    reader,
  );
}

function load(body: Body, above: Above, root: string, reader: ModuleReader): LoadedModule {
  const blocks = body.items.filter((item): item is Block => item.kind === "block" && item.type === "module");
  const calls = blocks.map((call): [string, LoadedModule | RemoteModule] => [
    call.labels[0] ?? "",
    loadCall(call, above, root, reader),
  ]);
  const directory = posix.normalize(relative(root, above.directory).replaceAll("\\", "/") || ".");
  return { body, directory, calls: new Map(calls) };
}

function loadCall(call: Block, above: Above, root: string, reader: ModuleReader): LoadedModule | RemoteModule {
  const [name = ""] = call.labels;
  const written = attributeIn(call.body.items, "source")?.value;
  const source = written?.kind === "literal" ? written.value : undefined;
  if (typeof source !== "string")
    return { reason: `module ${name} has no source that is a plain text, so it is not read` };
  const key = above.key === "" ? name : `${above.key}.${name}`;
  const isLocal = /^\.\.?\//.test(source);
  const directory = isLocal ? posix.join(above.directory, source) : reader.installed(key, source);
  if (directory === undefined)
    return { reason: `module ${name} comes from ${shownSource(source)}; remote modules are not read` };
  const real = reader.realPath(directory, call);
  const chain = [...above.chain, { real, named: source }];
  refuseCircle(chain, call);
  return load(reader.read(directory, call), { directory, key, chain }, root, reader);
}

function refuseCircle(chain: Above["chain"], call: Block): void {
  const last = chain.at(-1)!;
  const first = chain.findIndex(({ real }) => real === last.real);
  const names = chain.map(({ named }) => named);
  if (first < chain.length - 1)
    throw new ConfigurationError(`modules call each other in a circle: ${names.slice(first).join(" → ")}`, call.at);
  if (chain.length > LIMITS.modules + 1)
    throw new ConfigurationError(`modules are nested more than ${LIMITS.modules} deep: ${names.join(" → ")}`, call.at);
}

/** A source as it may be shown: an address may hold a password. */
export function shownSource(source: string): string {
  const plain = source.replace(/\/\/[^/@\s]*@/, "//").replace(/\?.*$/s, "");
  return /^[\w-]+\/[\w-]+\/[\w-]+$/.test(plain) ? `registry.terraform.io/${plain}` : plain;
}
