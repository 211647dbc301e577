import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RECEIPT_FILE } from "../../contract/receipt.ts";
import { cdktf } from "../support/cdktf-app.ts";
import { BUNDLE } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { gatedProject } from "../support/gated-project.ts";
import type { GatedProject } from "../support/gated-project.ts";
import { writePass } from "../support/receipts.ts";
import { routingMap } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import { inTerminal } from "../support/terminal.ts";
import type { TerminalRun } from "../support/terminal.ts";

const REFERENCE = readFileSync("headgate.yaml", "utf8");
const ANOTHER_IMAGE = REFERENCE.replace(/(backend@sha256:)[0-9a-f]/, "$1f");
const LIMIT = { timeout: 120_000 };

const SYNTH = `node ${resolve("dist/synth.js")}`;
/** As in the project's own cdktf.json; between synth and gate stands an edit that the environment may ask for. */
const APP = `${SYNTH} && node lose.mjs && node ${BUNDLE} gate --synth --record --env staging`;
/** Takes the headers that LOSES names from every request of the synthesized staging edge. */
const LOSE = `import { readFileSync, writeFileSync } from "node:fs";
const file = "cdktf.out/stacks/staging/cdk.tf.json";
const terraform = JSON.parse(readFileSync(file, "utf8"));
const map = Object.values(terraform.resource.google_compute_url_map).find((each) => each.path_matcher !== undefined);
if (process.env.LOSES) map.header_action = { request_headers_to_remove: [process.env.LOSES] };
if (process.env.LOSES) writeFileSync(file, JSON.stringify(terraform, null, 2));
`;

let project: GatedProject;
let env: Record<string, string>;
/** The synthesized stack as it is deployed. */
let text: string;

const said = ({ stdout, stderr }: Pick<CliRun, "stdout" | "stderr">): string =>
  `${stdout} ${stderr}`.replace(/[\s│╷╵]+/g, " ");
/** One call of the real command line, which may ask if it wants to: nobody answers. */
const cli = (verb: string, args: readonly string[] = [], more: Record<string, string> = {}): Promise<CliRun> =>
  cdktf([verb, ...args], { cwd: project.folder, env: { ...env, ...more } });
const deploy = (args: readonly string[] = [], more: Record<string, string> = {}): Promise<CliRun> =>
  cli("deploy", ["staging", "--auto-approve", "--skip-provider-lock", ...args], more);
const redeploy = (...args: string[]): Promise<CliRun> => deploy(["--skip-synth", ...args]);

/** Asserts that a run was stopped by the gate with these words, and that nothing moved. */
async function blocked(run: () => Promise<CliRun>, words: string | RegExp): Promise<void> {
  const before = project.standing();
  const result = await run();
  expect(result.code, said(result)).toBe(1);
  expect(said(result)).toMatch(words);
  expect(project.standing()).toBe(before);
}

async function succeeds(run: () => Promise<CliRun>): Promise<CliRun> {
  const result = await run();
  expect(result.code, said(result)).toBe(0);
  return result;
}

// One system, deployed by the real command line; each test finds it as it was.
beforeAll(async () => {
  project = gatedProject();
  ({ env } = installStandIn(project.folder) as { env: Record<string, string> });
  // What asks, hangs: the gate must have nothing to ask, whatever cdktf lets Terraform ask.
  delete env["TF_INPUT"];
  writeFileSync(join(project.folder, "headgate.yaml"), REFERENCE);
  writeFileSync(join(project.folder, "lose.mjs"), LOSE);
  const settings = { language: "typescript", app: APP, projectId: "bypass", sendCrashReports: "false" };
  writeFileSync(join(project.folder, "cdktf.json"), JSON.stringify(settings));
  const { stdout } = await succeeds(deploy);
  expect(stdout).toContain("Apply complete!");
  text = readFileSync(join(project.stack, "cdk.tf.json"), "utf8");
}, 120_000);
beforeEach(() => {
  for (const file of ["zz_override.tf", "more.tf", "x.auto.tfvars"]) rmSync(join(project.stack, file), { force: true });
  writeFileSync(join(project.folder, "headgate.yaml"), REFERENCE);
  project.write("cdk.tf.json", text);
  writePass(project.stack);
});
afterAll(() => project.remove());

describe("cdktf deploy", () => {
  it("changes nothing when nothing changed, and has nothing to ask for", LIMIT, async () => {
    const { stdout } = await succeeds(deploy);
    expect(stdout).toContain("Apply complete! Resources: 0 added, 0 changed, 0 destroyed.");
    for (const [name, variable] of Object.entries<Json>(JSON.parse(text).variable))
      expect(variable, name).toHaveProperty("default");
  });

  it("stops a broken contract, as diff does", LIMIT, async () => {
    const words = /The gate says contract-broken.*FAIL header-unchanged Authorization .* stripped, wanted unchanged/;
    await blocked(() => deploy([], { LOSES: "Authorization" }), words);
    await blocked(() => cli("diff", ["staging", "--skip-provider-lock", "--skip-synth"]), words);
  });

  it("stops what was edited after the gate looked, with --skip-synth", LIMIT, async () => {
    project.editStack((terraform) => (routingMap(terraform).header_action = { request_headers_to_remove: ["Cookie"] }));
    await blocked(redeploy, "another configuration than this one. Different: cdk.tf.json.");
  });

  it("stops another --app that leaves the gate out", LIMIT, async () => {
    writeFileSync(join(project.folder, "headgate.yaml"), ANOTHER_IMAGE);
    await blocked(() => deploy(["--app", SYNTH]), /No receipt of the gate|Different: cdk\.tf\.json\./);
  });

  it.each([
    ["zz_override.tf", 'terraform {\n  required_version = ">= 1.11"\n}\n'],
    ["more.tf", 'output "more" {\n  value = 1\n}\n'],
    ["x.auto.tfvars", 'headgate_receipt_key = ""\n'],
  ])("stops %s, put beside the stack", LIMIT, async (file, content) => {
    project.write(file, content);
    await blocked(redeploy, `Different: ${file}.`);
  });

  it("stops a receipt that is old, or of another stack", LIMIT, async () => {
    writePass(project.stack, { at: "2026-01-31T23:59:59Z" });
    await blocked(redeploy, "The receipt is of 2026-01-31T23:59:59Z, and holds for 15m.");
    const production = join(project.stack, "../production");
    writePass(production);
    project.write(RECEIPT_FILE, readFileSync(join(production, RECEIPT_FILE), "utf8"));
    await blocked(redeploy, "The receipt speaks of stack production, and this is staging.");
  });
});

describe("a variable on the header path", () => {
  beforeEach(async () => {
    project.editStack((terraform) => {
      terraform.variable.removed = { type: "string", default: "X-Internal" };
      routingMap(terraform).header_action.request_headers_to_remove.push("${var.removed}");
    });
    const { stdout } = await project.record({}, "--env", "staging");
    expect(stdout).toMatch(/^staging: pass/);
  });

  it("has the value that the gate looked at, whichever way another one comes", LIMIT, async () => {
    const words = /Different: var\.removed\b/;
    await blocked(() => deploy(["--skip-synth"], { TF_VAR_removed: "Authorization" }), words);
    await blocked(() => redeploy("--var", "removed=Authorization"), words);
    const file = join(project.folder, "other.tfvars");
    writeFileSync(file, 'removed = "Authorization"\n');
    await blocked(() => redeploy("--var-file", file), words);
  });
});

describe("a receipt that goes while somebody is asked for approval", () => {
  const gone = (): void => rmSync(project.receiptFile);

  /** Asserts that a change with creations and destroys went through whole. */
  async function appliedWhole(run: () => Promise<TerminalRun>, asked: string): Promise<void> {
    const before = project.log().length;
    const { code, screen } = await run();
    expect(code, screen).toBe(0);
    expect(screen).toContain(asked);
    expect(screen).toContain("Apply complete! Resources: 2 added, 2 changed, 2 destroyed.");
    const operations = project.log().slice(before);
    expect(operations.map(({ operation }) => operation).sort()).toEqual([
      ...["create", "create", "delete", "delete", "update", "update"],
    ]);
    writePass(project.stack);
    expect(await project.plan("staging")).toEqual({});
  }

  it(
    "stops neither cdktf deploy half way, nor terraform apply on the way back: the plan's verdict holds",
    LIMIT,
    async () => {
      writeFileSync(join(project.folder, "headgate.yaml"), ANOTHER_IMAGE);
      const command = [process.execPath, resolve("node_modules/cdktf-cli/bundle/bin/cdktf"), "deploy", "staging"];
      const options = { cwd: project.folder, env: { ...env, CI: "false" } };
      const approve = { to: /Approve/, before: gone, typed: "\r" };
      await appliedWhole(
        () => inTerminal([...command, "--skip-provider-lock"], [approve], options),
        "Please review the diff output above for staging",
      );
      project.write("cdk.tf.json", text);
      writePass(project.stack);
      const yes = { to: /Enter a value:/, before: gone, typed: "yes\n" };
      await appliedWhole(
        () => inTerminal(["terraform", "apply"], [yes], { cwd: project.stack, env }),
        "Only 'yes' will be accepted to approve.",
      );
    },
  );
});

describe("what is never stopped", () => {
  it("is whoever looks, a broken contract and a missing receipt included", LIMIT, async () => {
    const { stdout } = await succeeds(() => cli("list", [], { LOSES: "Authorization" }));
    expect(stdout).toContain("staging");
    expect(project.receipt()).toMatchObject({ verdict: "contract-broken" });
    await succeeds(() => cli("output", ["staging"], { LOSES: "Authorization" }));
    rmSync(project.receiptFile);
    const looked = await succeeds(() => cli("output", ["staging", "--skip-synth"]));
    expect(looked.stdout).toContain("https://api.staging.example.com");
  });

  it("is whoever destroys", LIMIT, async () => {
    const destroy = (...args: string[]): Promise<CliRun> =>
      cli("destroy", ["staging", "--auto-approve", "--skip-provider-lock", ...args], { LOSES: "Authorization" });
    rmSync(project.receiptFile);
    await succeeds(() => destroy("--skip-synth"));
    expect(project.cloud().resources).toEqual({});
    await succeeds(destroy);
    expect(project.receipt()).toMatchObject({ verdict: "contract-broken" });
  });
});
