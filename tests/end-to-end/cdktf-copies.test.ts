import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyPackage, copyProvider, linkPackages } from "../support/cdktf-app.ts";
import { run } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";

const OWN_EDGE = resolve("tests/support/cdktf-own-edge.ts");
const GATE = "terraform_data.headgate-gate";

/** A stack with an edge, a module and a variable; EMPTY leaves out all that a gate guards, COPIES tells how many cores there are. */
const MAIN = `import { createRequire } from "node:module";
import * as cdktf from "cdktf";
import { DeployGate } from "headgate/gate";
import { OwnEdge } from "./edge.ts";

const app = new cdktf.App();
const stack = new cdktf.TerraformStack(app, "staging");
new DeployGate(stack, "gate");
new cdktf.TerraformVariable(stack, "ttl", { type: "number", default: 5 });
if (process.env["EMPTY"] === undefined) {
  new OwnEdge(stack, "edge");
  new cdktf.TerraformHclModule(stack, "module", { source: "example/edge/google", version: "1.0.0" });
}
app.synth();
const places = ["headgate/gate", "@cdktf/provider-google/lib/provider/index.js"].map((name) =>
  createRequire(createRequire(import.meta.url).resolve(name)).resolve("cdktf"),
);
console.log(new Set([createRequire(import.meta.url).resolve("cdktf"), ...places]).size, "copies");
`;

let folder: ReturnType<typeof temporaryFolder>;
let modules: string;
/** What is synthesized where everybody has the same core. */
let single: Json;

const synth = (env: Record<string, string> = {}): Promise<CliRun> =>
  run(process.execPath, ["--import", "tsx", "main.ts"], { cwd: folder.path, env });
const written = (): Json => JSON.parse(readFileSync(join(folder.path, "cdktf.out/stacks/staging/cdk.tf.json"), "utf8"));

beforeAll(async () => {
  folder = temporaryFolder();
  modules = join(folder.path, "node_modules");
  for (const name of ["cdktf", "constructs"]) copyPackage(modules, name);
  copyProvider(modules, OWN_EDGE);
  linkPackages(modules, ["tsx"]);
  // Copied as it is packed: a link would find the core of this checkout.
  mkdirSync(join(modules, "headgate/dist"), { recursive: true });
  for (const file of ["package.json", "dist/gate.js", "dist/gate.cjs"]) cpSync(file, join(modules, "headgate", file));
  cpSync(OWN_EDGE, join(folder.path, "edge.ts"));
  writeFileSync(join(folder.path, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder.path, "main.ts"), MAIN);
  const { stdout, stderr } = await synth();
  expect(stdout, stderr).toBe("1 copies\n");
  single = written();
}, 60_000);
afterAll(() => folder.remove());

describe.each([
  ["headgate has a core of its own", ["headgate"], 2],
  ["the provider has a core of its own", ["@cdktf/provider-google"], 2],
  ["each has one", ["headgate", "@cdktf/provider-google"], 3],
] as const)("where %s", (_, owners, copies) => {
  beforeAll(() => {
    for (const owner of owners)
      for (const name of ["cdktf", "constructs"]) copyPackage(join(modules, owner, "node_modules"), name);
  });
  afterAll(() => {
    for (const owner of owners) rmSync(join(modules, owner, "node_modules"), { recursive: true });
  });

  it("guards every resource and every module, binds every variable, and writes the same", async () => {
    const { stdout, stderr } = await synth();
    expect(stdout, stderr).toBe(`${copies} copies\n`);
    const terraform = written();
    const google = Object.entries<Record<string, Json>>(terraform.resource).filter(([type]) =>
      type.startsWith("google_"),
    );
    const bodies = google.flatMap(([, resources]) => Object.values(resources));
    expect(bodies).toHaveLength(7);
    for (const body of [...bodies, terraform.module.module]) expect(body.depends_on).toContain(GATE);
    expect(terraform.locals.headgate_variables).toContain("ttl = var.ttl");
    expect(terraform).toEqual(single);
  });

  it("refuses to guard nothing", async () => {
    const { code, stderr } = await synth({ EMPTY: "1" });
    expect(code).toBe(1);
    expect(stderr).toContain("the gate of stack staging guards nothing: the stack holds no resource of Google");
  });
});
