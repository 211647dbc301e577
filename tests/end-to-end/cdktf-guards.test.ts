import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RECEIPT_FILE } from "../../contract/receipt.ts";
import { linkPackages } from "../support/cdktf-app.ts";
import { OWN_CONTRACT } from "../support/cdktf-own-edge.ts";
import { headgate, run } from "../support/cli.ts";
import { temporaryFolder } from "../support/reference.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";
import type { TerraformRun } from "../support/stand-in-google/terraform.ts";

/** Every way in which a resource comes into a stack; all of them are one address, but for the edge. */
const MAIN = `import { App, TerraformHclModule, TerraformIterator, TerraformStack } from "cdktf";
import { ComputeGlobalAddress } from "@cdktf/provider-google/lib/compute-global-address/index.js";
import { Construct } from "constructs";
import { DeployGate } from "headgate/gate";
import { OwnEdge } from "./edge.ts";

// As cdktf-cli tells it, from terraformModules of cdktf.json.
const app = new App({ context: { cdktfRelativeModules: ["./modules/address"] } });
const stack = new TerraformStack(app, "staging");
new DeployGate(stack, "gate");
new OwnEdge(new Construct(stack, "nested"), "edge");
new ComputeGlobalAddress(stack, "each", { name: "\${each.key}", forEach: TerraformIterator.fromList(["a", "b"]) });
new TerraformHclModule(stack, "own", { source: "./modules/address" });
stack.addOverride("resource.google_compute_global_address.written", { name: "written" });
app.synth();
`;

const MODULE = `resource "google_compute_global_address" "inner" {
  name = "inner"
}
`;

/** Terraform's name of a resource of each kind, as a target. */
const TARGETS = [
  ["in nested constructs", "google_compute_url_map.nested_edge_routing_"],
  ["multiplied by an iterator", "google_compute_global_address.each"],
  ["in a module", "module.own"],
  ["inside of a module", "module.own.google_compute_global_address.inner"],
  ["by an override of the stack", "google_compute_global_address.written"],
] as const;

let folder: ReturnType<typeof temporaryFolder>;
let stack: string;
let env: Readonly<Record<string, string>>;

const words = ({ stdout, stderr }: TerraformRun): string => `${stdout} ${stderr}`.replace(/[\s│╷╵]+/g, " ");
const plan = (...args: string[]): Promise<TerraformRun> => terraform(stack, ["plan", ...args], env);
const cloud = (): string => readFileSync(join(folder.path, "cloud.json"), "utf8");

beforeAll(async () => {
  folder = temporaryFolder();
  stack = join(folder.path, "cdktf.out/stacks/staging");
  ({ env } = installStandIn(folder.path));
  linkPackages(join(folder.path, "node_modules"), ["cdktf", "constructs", "tsx", "@cdktf/provider-google"]);
  symlinkSync(resolve("."), join(folder.path, "node_modules/headgate"));
  mkdirSync(join(folder.path, "modules/address"), { recursive: true });
  writeFileSync(join(folder.path, "modules/address/main.tf"), MODULE);
  cpSync("tests/support/cdktf-own-edge.ts", join(folder.path, "edge.ts"));
  writeFileSync(join(folder.path, "main.ts"), MAIN);
  writeFileSync(join(folder.path, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder.path, "headgate.yaml"), OWN_CONTRACT);
  const { code, stderr } = await run(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: folder.path,
    // CDKTF leaves a copy of the modules there.
    env: { TMPDIR: folder.path },
  });
  expect(code, stderr).toBe(0);
  await terraform(stack, ["init"], env);
}, 60_000);
afterAll(() => folder.remove());

describe("a resource of Google", () => {
  it.each(TARGETS)("waits for a receipt %s, by itself too", { timeout: 60_000 }, async (_, name) => {
    const text = readFileSync(join(stack, "cdk.tf.json"), "utf8");
    // The hash that ends the name of a nested construct.
    const target = name.endsWith("_") ? `${name}${new RegExp(`"${name.split(".")[1]}(\\w+)"`).exec(text)![1]}` : name;
    const planned = await plan(`-target=${target}`);
    expect(planned.exitCode, words(planned)).toBe(1);
    expect(words(planned)).toContain("No receipt of the gate stands beside this configuration");
    expect(existsSync(join(folder.path, "cloud.json"))).toBe(false);
  });

  it("is there once the gate has looked, and does not follow a module that changed since", async () => {
    const recorded = await headgate(["gate", "--synth", "--record"], { cwd: folder.path });
    expect(recorded.stdout, recorded.stderr).toMatch(/^staging: pass/);
    const applied = await terraform(stack, ["apply", "-auto-approve"], env);
    expect(applied.exitCode, words(applied)).toBe(0);
    expect(words(applied)).toMatch(/Apply complete! Resources: 12 added/);
    const before = cloud();
    const module = readdirSync(stack, { recursive: true, encoding: "utf8" }).find((file) => file.endsWith("main.tf"))!;
    writeFileSync(join(stack, module), MODULE.replace('= "inner"', '= "outer"'));
    const changed = await terraform(stack, ["apply", "-auto-approve"], env);
    expect(changed.exitCode).toBe(1);
    expect(words(changed)).toContain(`Different: ${module}.`);
    expect(cloud()).toBe(before);
    rmSync(join(stack, RECEIPT_FILE));
    expect(words(await plan())).toContain("No receipt of the gate");
  }, 60_000);
});
