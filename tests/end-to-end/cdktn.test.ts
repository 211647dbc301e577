import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { run } from "../support/cli.ts";
import { referenceSynth, temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const PROVIDER = "node_modules/@cdktf/provider-google";

/** The project as `"cdktf": "npm:cdktn@…"` installs it: CDKTF's successor stands under its name, for the provider too. */
function installAliased(): void {
  const modules = join(folder.path, "node_modules");
  mkdirSync(modules);
  for (const name of ["constructs", "yaml", "zod", "tsx"])
    symlinkSync(resolve("node_modules", name), join(modules, name));
  symlinkSync(resolve("node_modules/cdktn"), join(modules, "cdktf"));
  // The provider is copied, because a link's real place would find the old core beside it.
  for (const part of ["package.json", ...usedResources().map((name) => `lib/${name}`)])
    cpSync(join(PROVIDER, part), join(folder.path, PROVIDER, part), { recursive: true });
  for (const part of ["contract", "http", "stacks", "main.ts", "headgate.yaml", "package.json"])
    cpSync(part, join(folder.path, part), { recursive: true });
}

function usedResources(): string[] {
  const files = readdirSync("stacks", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const imports = files.flatMap((file) => [
    ...readFileSync(join("stacks", file), "utf8").matchAll(/@cdktf\/provider-google\/lib\/([a-z0-9-]+)\//g),
  ]);
  return [...new Set(imports.map(([, name]) => name!))];
}

function synthesized(directory: string, environment: string): Json {
  return JSON.parse(readFileSync(join(directory, "stacks", environment, "cdk.tf.json"), "utf8"));
}

it("synthesizes the same under the alias cdktf → cdktn, apart from the version that it names", async () => {
  installAliased();
  const { code, stderr } = await run(process.execPath, ["--import", "tsx", "main.ts"], { cwd: folder.path });
  expect(code, stderr).toBe(0);
  for (const environment of ["staging", "production"]) {
    const aliased = synthesized(join(folder.path, "cdktf.out"), environment);
    const original = synthesized(referenceSynth(), environment);
    expect(aliased["//"].metadata.version).toBe("0.24.0");
    expect(original["//"].metadata.version).toBe("0.21.0");
    aliased["//"].metadata.version = original["//"].metadata.version;
    expect(aliased).toEqual(original);
  }
}, 60_000);
