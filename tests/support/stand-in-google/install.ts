import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { DATA_SOURCE_TYPES, RESOURCE_TYPES } from "./resources.ts";
import { schemasFromBindings } from "./schema-from-bindings.ts";
import type { Schemas } from "./schema.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const BINDINGS = join(ROOT, "node_modules/@cdktf/provider-google");
const CACHE = join(ROOT, "node_modules/.cache/headgate-stand-in");

const ONE_DAY_MS = 24 * 60 * 60 * 1000;

export interface Installation {
  /** What Terraform needs in its environment to find the stand-in and nothing else. */
  readonly env: Readonly<Record<string, string>>;
  /** The file that holds everything that exists. */
  readonly cloudFile: string;
}

/** Installs the stand-in provider below a folder, with a cloud that is empty unless the folder has one. */
export function installStandIn(folder: string): Installation {
  const binary = join(folder, "mirror/registry.terraform.io/hashicorp/google", providerVersion(), platform());
  mkdirSync(binary, { recursive: true });
  const script = join(binary, `terraform-provider-google_v${providerVersion()}`);
  // The same words in every folder: Terraform's lock file remembers the hash of the package.
  const command = [process.execPath, bundleFile(), schemasFile(), join(import.meta.dirname, "proto")];
  writeFileSync(script, `#!/bin/sh\nexec ${command.map(quoted).join(" ")}\n`);
  chmodSync(script, 0o755);
  const config = join(folder, "terraform.rc");
  writeFileSync(config, cliConfig(join(folder, "mirror")));
  const cloudFile = join(folder, "cloud.json");
  const env = {
    TF_CLI_CONFIG_FILE: config,
    HEADGATE_STAND_IN_CLOUD: cloudFile,
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    TF_CLI_ARGS: "-no-color",
    // cdktf would leave links to the stand-in in the home folder's cache.
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
  };
  return { env, cloudFile };
}

/** Schema of the stand-in, read from the bindings once per version of them. */
export const standInSchemas = (): Schemas => JSON.parse(readFileSync(schemasFile(), "utf8")) as Schemas;

function cliConfig(mirror: string): string {
  return `disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ["registry.terraform.io/hashicorp/google"]
  }
}
`;
}

function bindingVersion(): string {
  return (JSON.parse(readFileSync(join(BINDINGS, "package.json"), "utf8")) as { version: string }).version;
}

/** Version of the provider that the bindings were generated from. */
function providerVersion(): string {
  const provider = readFileSync(join(BINDINGS, "lib/provider/index.d.ts"), "utf8");
  const version = /hashicorp\/google\/(\d+\.\d+\.\d+)\//.exec(provider)?.[1];
  if (version === undefined) throw new Error("the bindings do not tell which provider version they are for");
  return version;
}

function platform(): string {
  const architecture: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", ia32: "386" };
  return `${process.platform}_${architecture[process.arch] ?? process.arch}`;
}

/** The provider as one script: Node starts it several times faster than the sources. */
function bundleFile(): string {
  return cached("provider", "mjs", (file) => {
    buildSync({
      entryPoints: [join(import.meta.dirname, "provider.ts")],
      outfile: file,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20.18",
      logLevel: "warning",
      banner: {
        js: 'import { createRequire } from "node:module"; import { fileURLToPath as toPath } from "node:url"; import { dirname as folderOf } from "node:path"; const require = createRequire(import.meta.url); const __filename = toPath(import.meta.url); const __dirname = folderOf(__filename);',
      },
    });
  });
}

function schemasFile(): string {
  return cached(`schemas-${bindingVersion()}`, "json", (file) => {
    writeFileSync(file, JSON.stringify(schemasFromBindings(BINDINGS, RESOURCE_TYPES, DATA_SOURCE_TYPES)));
  });
}

/** A file made once per state of the sources. Several test workers may make it at once; the last rename wins. */
function cached(name: string, extension: string, make: (file: string) => void): string {
  const file = join(CACHE, `${name}-${sourcesDigest()}.${extension}`);
  if (existsSync(file)) return file;
  mkdirSync(CACHE, { recursive: true });
  const draft = `${file}.${process.pid}.${extension}`;
  make(draft);
  renameSync(draft, file);
  removeOld();
  return file;
}

/** Takes away what sources of another day left; a run of today may still use a file that is not the newest. */
function removeOld(): void {
  for (const name of readdirSync(CACHE)) {
    const file = join(CACHE, name);
    const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - modified > ONE_DAY_MS) rmSync(file, { force: true });
  }
}

function sourcesDigest(): string {
  const hash = createHash("sha256");
  for (const file of sources(import.meta.dirname)) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

const sources = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => join(folder, file));

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
