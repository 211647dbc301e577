import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { build } from "esbuild";

/** Folders whose files end up in the bundle. */
const SOURCES = ["contract", "http", "probes", "package.json", "scripts/build.js"];
const OUT = "dist/headgate.js";

/** Time of the newest file below a path, in milliseconds. */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(...readdirSync(path).map((name) => newest(join(path, name))));
}

/** The licences of everything that the bundle contains, for redistribution with it. */
function licences(inputs) {
  const packages = new Set(
    inputs
      .filter((file) => file.includes("node_modules"))
      .map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll(sep, "/"))[0]),
  );
  return [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(join(folder, file), "utf8")}`;
  });
}

const isFresh =
  process.argv.includes("--if-stale") && existsSync(OUT) && statSync(OUT).mtimeMs > Math.max(...SOURCES.map(newest));
if (!isFresh) {
  const { metafile } = await build({
    entryPoints: ["probes/cli.ts"],
    outfile: OUT,
    bundle: true,
    platform: "node",
    target: "node20.18",
    format: "esm",
    mainFields: ["module", "main"],
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    // ws loads these two only when they are installed; they speed up masking and nothing else.
    external: ["bufferutil", "utf-8-validate"],
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
    },
  });
  // npx links to this file and makes it executable only the first time it meets a checkout's path.
  chmodSync(OUT, 0o755);
  writeFileSync(
    "dist/THIRD-PARTY-LICENSES.txt",
    licences(Object.keys(metafile.inputs)).join(`\n${"-".repeat(80)}\n\n`),
  );
}
