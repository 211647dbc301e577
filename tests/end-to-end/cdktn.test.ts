import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CANDIDATE_FILE, RELEASE_FILE } from "../../contract/release.ts";
import { npmInstall, pack } from "../support/cdktf-app.ts";
import { run } from "../support/cli.ts";
import { referenceSynth, routingMap, temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { newProject } from "../support/terraform-project.ts";
import { withoutGate } from "../support/without-gate.ts";

const LIMIT = { timeout: 120_000 };

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

interface Synthesized {
  readonly terraform: Json;
  readonly candidate: string | undefined;
}

function synthesized(directory: string, environment: string): Synthesized {
  const stack = join(directory, "stacks", environment);
  const candidate = join(stack, CANDIDATE_FILE);
  return {
    terraform: JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8")),
    candidate: existsSync(candidate) ? readFileSync(candidate, "utf8") : undefined,
  };
}

/** Synthesizes in the folder of the successor, and holds each environment against what CDKTF wrote. */
async function expectSameAs(original: string): Promise<void> {
  const { code, stderr } = await run(process.execPath, ["--import", "tsx", "main.ts"], { cwd: folder.path });
  expect(code, stderr).toBe(0);
  for (const environment of ["staging", "production"]) {
    const aliased = synthesized(join(folder.path, "cdktf.out"), environment);
    const known = synthesized(original, environment);
    expect(aliased.terraform["//"].metadata.version).toBe("0.24.0");
    expect(known.terraform["//"].metadata.version).toBe("0.21.0");
    aliased.terraform["//"].metadata.version = "0.21.0";
    expect(aliased).toEqual(known);
    // Every resource of Google waits for the gate, or this throws.
    expect(() => withoutGate(aliased.terraform)).not.toThrow();
    expect(aliased.terraform.resource.terraform_data["headgate-gate"].lifecycle.precondition).toHaveLength(6);
  }
}

describe("the alias cdktf → cdktn", () => {
  it("synthesizes the same apart from the version that it names, before and after a promotion", LIMIT, async () => {
    installAliased();
    await expectSameAs(referenceSynth());
    const project = newProject();
    try {
      const reference = readFileSync("headgate.yaml", "utf8");
      await project.synth(reference);
      project.promote("production", false);
      // What is live and what would be promoted differ.
      await project.synth(reference.replace(/(backend@sha256:)[0-9a-f]/, "$1f"));
      for (const file of ["headgate.yaml", RELEASE_FILE]) cpSync(join(project.folder, file), join(folder.path, file));
      await expectSameAs(join(project.folder, "cdktf.out"));
      const { terraform, candidate } = synthesized(join(folder.path, "cdktf.out"), "production");
      const { live } = JSON.parse(readFileSync(join(folder.path, RELEASE_FILE), "utf8")).environments.production;
      expect(routingMap(terraform).depends_on).toContain("terraform_data.headgate-live");
      expect(JSON.stringify(terraform.resource.terraform_data["headgate-live"])).toContain(live.stamp);
      expect(JSON.parse(candidate!).stamp).not.toBe(live.stamp);
    } finally {
      project.remove();
    }
  });

  it("is a core that npm installs headgate beside", LIMIT, async () => {
    const tarball = await pack(folder.path);
    const dependencies = { cdktf: "npm:cdktn@0.24.0", constructs: ">=10.6.0 <10.8.0", headgate: `file:${tarball}` };
    writeFileSync(join(folder.path, "package.json"), JSON.stringify({ private: true, dependencies }));
    await npmInstall(folder.path, "--package-lock-only");
    const { packages }: Json = JSON.parse(readFileSync(join(folder.path, "package-lock.json"), "utf8"));
    const installed = Object.keys(packages).filter((place) => /(^|\/)(cdktf|cdktn|headgate)$/.test(place));
    expect(installed.sort()).toEqual(["node_modules/cdktf", "node_modules/headgate"]);
  });
});
