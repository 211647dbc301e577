import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Script } from "node:vm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { run } from "../support/cli.ts";
import { referenceSynth, temporaryFolder } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** V8 would take bytecode of a neighbouring Node, in which it means something else: it is named for one alone. */
const THIS_NODE = `${process.version}-${process.platform}-${process.arch}`;

it("works from the packed tarball, installed in an empty folder, with nothing else installed", async () => {
  const packed = await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder.path]);
  expect(packed.code, packed.stderr).toBe(0);
  const tarball = readdirSync(folder.path).find((name) => name.endsWith(".tgz"))!;
  writeFileSync(join(folder.path, "package.json"), '{ "name": "someone-else", "private": true }');
  const installed = await run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], {
    cwd: folder.path,
  });
  expect(installed.code, installed.stderr).toBe(0);
  expect(readdirSync(join(folder.path, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["headgate"]);
  expect(readdirSync(join(folder.path, "node_modules/headgate/modules/deploy-gate")).sort()).toEqual([
    "main.tf",
    "variables.tf",
  ]);

  cpSync(referenceSynth(), join(folder.path, "cdktf.out"), { recursive: true });
  writeFileSync(join(folder.path, "headgate.yaml"), readFileSync("headgate.yaml"));
  const gate = await run("npx", ["headgate", "gate", "--synth", "cdktf.out"], { cwd: folder.path });
  expect(gate.code, gate.stderr).toBe(0);
  expect(gate.stdout).toContain("72 HTTP requests and 36 upgrades made");
});

it("answers to `npx headgate` in the checkout", async () => {
  const { code, stdout } = await run("npx", ["headgate", "--version"]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `${(JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version}\n`,
  });
});

it("does not carry CDKTF in the bundle, and ships the licences of what it carries", () => {
  const bundles = readdirSync("dist/bundle").filter((name) => name.endsWith(".cjs"));
  expect(bundles).toHaveLength(1);
  expect(readFileSync(join("dist/bundle", bundles[0]!), "latin1")).not.toContain("TerraformStack");
  const licences = readFileSync("dist/THIRD-PARTY-LICENSES.txt", "utf8");
  for (const name of ["commander", "ws", "yaml", "zod", "jsonc-parser", "selfsigned"])
    expect(licences).toMatch(new RegExp(`^${name} \\d`, "m"));
});

it("carries bytecode that this Node takes, and starts without it", async () => {
  const name = readdirSync("dist/bundle").find((each) => each.endsWith(".cjs"))!;
  const filename = resolve("dist/bundle", name);
  const script = new Script(readFileSync(filename, "latin1"), {
    filename,
    cachedData: readFileSync(`${filename}.${THIS_NODE}.bytecode`),
  });
  expect(script.cachedDataRejected).toBe(false);
  cpSync("dist", join(folder.path, "dist"), { recursive: true });
  writeFileSync(join(folder.path, "package.json"), '{ "type": "module" }');
  for (const spoil of [() => undefined, (at: string) => writeFileSync(at, "another"), (at: string) => rmSync(at)]) {
    spoil(join(folder.path, "dist/bundle", `${name}.${THIS_NODE}.bytecode`));
    const { code, stderr } = await run(process.execPath, [join(folder.path, "dist/headgate.js"), "--version"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  }
});
