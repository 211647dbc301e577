import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, sep } from "node:path";
import { build } from "esbuild";

/** Names that `require` and `import.meta` stand for in the other module system. */
const REQUIRE =
  'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);';
const META_URL = 'const __metaUrl = require("node:url").pathToFileURL(__filename).href;';

/** What decides, beside the sources, what is built. */
const PROGRAMS = ["scripts/build.js", "scripts/launcher.js", "scripts/rehearse.js"];

/** The published command. */
const LAUNCHER = "dist/headgate.js";

/** What is published: the command line, synth for a folder that holds a contract alone, the constructs, the gate, the witness. */
const BUNDLES = [
  {
    out: LAUNCHER,
    entry: "probes/cli.ts",
    sources: ["contract", "http", "probes"],
    options: {
      // One script, of which a verb evaluates only what it needs: its dynamic imports are resolved inside of it.
      format: "cjs",
      entryNames: "bundle/[name]-[hash]",
      outExtension: { ".js": ".cjs" },
      banner: { js: "(function (require, __metaUrl) {" },
      footer: { js: "})" },
      define: { "import.meta.url": "__metaUrl" },
      // A script that is run from bytecode has no loader to import by; `require` it has.
      supported: { "dynamic-import": false },
      // ws loads these two only when they are installed; they speed up masking and nothing else.
      // Only `probe --client chromium` loads playwright-core, and says how to install it.
      external: ["bufferutil", "utf-8-validate", "playwright-core"],
    },
    licences: "dist/THIRD-PARTY-LICENSES.txt",
  },
  {
    out: "dist/synth.js",
    entry: "main.ts",
    sources: ["contract", "http", "stacks", "main.ts"],
    options: { format: "esm", banner: { js: REQUIRE } },
    licences: "dist/THIRD-PARTY-LICENSES-synth.txt",
  },
  ...["js", "cjs"].map((extension) => ({
    out: `dist/stacks.${extension}`,
    entry: "stacks/index.ts",
    sources: ["contract", "http", "stacks"],
    options: {
      format: extension === "js" ? "esm" : "cjs",
      external: ["cdktf", "constructs", "@cdktf/provider-google"],
      ...(extension === "js"
        ? { banner: { js: REQUIRE } }
        : { banner: { js: META_URL }, define: { "import.meta.url": "__metaUrl" } }),
    },
    licences: undefined,
  })),
  // By itself, for stacks that take their resources of Google from elsewhere than the provider's package.
  ...["js", "cjs"].map((extension) => ({
    out: `dist/gate.${extension}`,
    entry: "stacks/constructs/deploy-gate.ts",
    sources: ["contract", "http", "stacks"],
    options: { format: extension === "js" ? "esm" : "cjs", external: ["cdktf", "constructs"] },
    licences: undefined,
  })),
  // Applications carry it: it holds Node's own modules and nothing of anybody else.
  ...["js", "cjs"].map((extension) => ({
    out: `dist/witness.${extension}`,
    entry: "probes/witness/middleware.ts",
    sources: ["contract", "http", "probes/witness"],
    options: { format: extension === "js" ? "esm" : "cjs" },
    licences: undefined,
  })),
];

/** Time of the newest file below a path, in milliseconds. */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(...readdirSync(path).map((name) => newest(join(path, name))));
}

/** The licences of everything that a bundle contains, for redistribution with it. */
function licences(inputs) {
  const packages = new Set(
    inputs
      .filter((file) => file.includes("node_modules"))
      .map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll(sep, "/"))[0]),
  );
  return [...packages].sort().map((folder) => {
    const { name, version, license, repository } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    const source = typeof repository === "string" ? repository : (repository?.url ?? "");
    return `${name} ${version} (${license}) ${source}\n\n${file === undefined ? "" : readFileSync(join(folder, file), "utf8")}`;
  });
}

async function bundle({ out, entry, options, licences: file }) {
  const { metafile } = await build({
    entryPoints: [{ in: entry, out: basename(out, extname(out)) }],
    outdir: dirname(out),
    outExtension: { ".js": extname(out) },
    bundle: true,
    platform: "node",
    target: "node20.18",
    mainFields: ["module", "main"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    ...options,
  });
  if (out === LAUNCHER) launch(Object.keys(metafile.outputs)[0]);
  if (file !== undefined) writeFileSync(file, licences(Object.keys(metafile.inputs)).join(`\n${"-".repeat(80)}\n\n`));
}

/** Writes what starts the bundle, and the bytecode beside it. Then bundles of earlier builds go. */
function launch(bundle) {
  try {
    execFileSync(process.execPath, ["scripts/rehearse.js", bundle], { stdio: "inherit" });
  } catch (cause) {
    console.warn(`${bundle} has no bytecode and will start slower: ${cause.message}`);
  }
  writeFileSync(LAUNCHER, readFileSync("scripts/launcher.js", "utf8").replace("BUNDLE", basename(bundle)));
  // npx links to the command line and makes it executable only the first time it meets a checkout's path.
  chmodSync(LAUNCHER, 0o755);
  for (const name of readdirSync(dirname(bundle)))
    if (!name.startsWith(basename(bundle))) rmSync(join(dirname(bundle), name));
}

/** Declarations of the constructs and the witness; TypeScript keeps `.ts` in their imports, where a published file has `.js`. */
function declarations() {
  rmSync("dist/types", { recursive: true, force: true });
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
  // The same declarations serve both module systems.
  writeFileSync("dist/types/package.json", '{ "type": "commonjs" }\n');
  for (const name of readdirSync("dist/types", { recursive: true }).filter((each) => each.endsWith(".d.ts"))) {
    const file = join("dist/types", name);
    writeFileSync(file, readFileSync(file, "utf8").replace(/(from ")(\.[^"]*)\.ts(")/g, "$1$2.js$3"));
  }
}

const onlyStale = process.argv.includes("--if-stale");
const isFresh = ({ out, sources }) =>
  onlyStale &&
  existsSync(out) &&
  statSync(out).mtimeMs > Math.max(...[...sources, "package.json", ...PROGRAMS].map(newest));
const stale = BUNDLES.filter((each) => !isFresh(each));
await Promise.all(stale.map(bundle));
const typed = ["contract", "http", "stacks", "probes/witness", "tsconfig.types.json"];
const types = ["stacks/index", "probes/witness/middleware"].map((name) => `dist/types/${name}.d.ts`);
if (!types.every((out) => isFresh({ out, sources: typed }))) declarations();
