import { generateKeyPairSync } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RECEIPT_FILE } from "../../contract/receipt.ts";
import { headgate } from "../support/cli.ts";
import { plainProject } from "../support/plain-project.ts";
import type { PlainProject } from "../support/plain-project.ts";
import { referenceSynth } from "../support/reference.ts";
import type { TerraformRun } from "../support/stand-in-google/terraform.ts";

const LIMIT = { timeout: 120_000 };
const MAP = "module.edge.google_compute_url_map.main";
const KEPT = 'default = ["X-User-Id"]';
const LOSES = 'default = ["X-User-Id", "Authorization"]';

let project: PlainProject;

/** What Terraform said, without its frames and line breaks. */
const said = ({ stdout, stderr }: TerraformRun): string => `${stdout} ${stderr}`.replace(/[\s│╷╵]+/g, " ");
const plan = (...args: string[]): Promise<TerraformRun> => project.terraform("plan", ...args);
const apply = (...args: string[]): Promise<TerraformRun> => project.terraform("apply", "-auto-approve", ...args);

async function passes(run: Promise<TerraformRun>): Promise<string> {
  const result = await run;
  expect(result.exitCode, said(result).slice(-1000)).toBe(0);
  return said(result);
}

/** Asserts that a run was stopped by the gate with these words, and that nothing moved. */
async function blocked(run: () => Promise<TerraformRun>, words: string | RegExp): Promise<void> {
  const before = project.standing();
  const result = await run();
  expect(result.exitCode, said(result)).toBe(1);
  expect(said(result)).toMatch(words);
  expect(project.standing()).toBe(before);
}

// One edge, deployed behind its receipt; each test finds it as it was.
beforeAll(async () => {
  project = await plainProject();
  await blocked(plan, "No receipt of the gate stands beside this configuration");
  expect(await project.record()).toMatchObject({ code: 0, stdout: "infra: pass, 64 checks passed\n", stderr: "" });
  await passes(apply());
  await passes(plan("-detailed-exitcode"));
}, 180_000);
afterEach(() => project.restore());
afterAll(() => project.remove());

describe("check --record", () => {
  it("says what was looked at, in which way, and nothing that does not travel", LIMIT, async () => {
    await project.record();
    const receipt = project.receipt();
    expect(receipt).toMatchObject({ stack: "production", environment: "production", proof: "model", verdict: "pass" });
    expect(receipt.configuration.folders.sort()).toEqual([".", "modules/deploy-gate", "modules/edge"]);
    expect(Object.keys(receipt.configuration.files).sort()).toEqual([
      "gate.tf",
      "main.tf",
      "modules/deploy-gate/main.tf",
      "modules/deploy-gate/variables.tf",
      "modules/edge/main.tf",
      "variables.tf",
      "versions.tf",
    ]);
    expect(Object.keys(receipt.configuration.variables).sort()).toEqual(["hosts", "region", "removed"]);
    expect(JSON.stringify(receipt)).not.toContain(project.folder);
  });

  it("ends 0 for a broken contract, which Terraform then stops and quotes", LIMIT, async () => {
    project.edit("variables.tf", KEPT, LOSES);
    const { code, stdout } = await project.record();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^infra: contract-broken, \d+ of \d+ checks failed; 1 finding$/m);
    expect(project.receipt().failing.at(-1)).toMatch(
      /^ERROR url-map-removes-credential module\.edge\.google_compute_url_map\.main removes Authorization \(main\.tf:\d+\)$/,
    );
    const words =
      /The gate says contract-broken: \d+ of \d+ checks failed.*FAIL header-unchanged Authorization wss:\/\/api\.example\.com\/ws\S* stripped, wanted unchanged by module\.edge\.google_compute_url_map\.main .*Run: npx headgate check \. --record/;
    await blocked(plan, words);
    await blocked(apply, words);
    await blocked(() => apply(`-target=${MAP}`), words);
    // Nobody is kept from looking or from taking it away.
    for (const args of [["plan", "-destroy"], ["plan", "-refresh-only"], ["output"], ["state", "list"]])
      await passes(project.terraform(...args));
  });

  it("judges an override file and given variables, and its receipt holds for these alone", LIMIT, async () => {
    project.write("zz_override.tf", `variable "removed" {\n  ${LOSES}\n}\n`);
    await project.record();
    await blocked(plan, "The gate says contract-broken");
    project.restore();
    const given = '-var=hosts=["api.example.com","app.example.com"]';
    await project.record({}, "--var", given.slice("-var=".length));
    await passes(plan(given));
    await blocked(plan, "Different: var.hosts.");
    const loses = { TF_VAR_removed: '["Authorization"]' };
    await project.record(loses);
    expect(project.receipt().verdict).toBe("contract-broken");
    await project.record();
    await blocked(() => project.terraformWith(loses, "plan"), "Different: var.removed.");
    await blocked(() => plan('-var=removed=["Authorization"]'), "Different: var.removed.");
    // The verdict holds for any value of a secret.
    await passes(plan("-var=pager=another"));
  });
});

describe("what does not go past the module", () => {
  it("is an edited file of a local module", LIMIT, async () => {
    await project.record();
    project.edit("modules/edge/main.tf", "= var.removed", '= ["Authorization"]');
    await blocked(apply, "Different: modules/edge/main.tf.");
    await blocked(() => plan(`-target=${MAP}`), "Different: modules/edge/main.tf.");
  });

  it.each([
    ["modules/edge/more.tf", ""],
    ["zz_override.tf", `variable "removed" {\n  ${LOSES}\n}\n`],
    ["x.auto.tfvars", 'removed = ["Authorization"]\n'],
  ])("is %s, that Terraform loads too", LIMIT, async (file, text) => {
    await project.record();
    project.write(file, text);
    await blocked(apply, new RegExp(`Different: ${file.replaceAll(".", "\\.")}[.,]`));
  });

  it("is a receipt that is old, or gone", LIMIT, async () => {
    await project.record();
    project.write(RECEIPT_FILE, JSON.stringify({ ...project.receipt(), at: "2026-01-31T23:59:59Z" }));
    await blocked(apply, "The receipt is of 2026-01-31T23:59:59Z, and holds for 15m.");
    rmSync(join(project.folder, RECEIPT_FILE));
    await blocked(apply, "No receipt of the gate");
  });

  it("is a renamed URL map: nothing is destroyed first", LIMIT, async () => {
    await project.record();
    project.edit("modules/edge/main.tf", 'name            = "main"', 'name            = "another"');
    const before = project.log().length;
    await blocked(apply, "Different: modules/edge/main.tf.");
    expect(project.log().slice(before)).toEqual([]);
  });
});

describe("a saved plan", () => {
  it("is applied whole, the receipt gone by then", LIMIT, async () => {
    project.edit(
      "modules/edge/main.tf",
      'name            = "main"',
      'name            = "main"\n  description = "a second"',
    );
    await project.record();
    await passes(plan("-out=next.plan"));
    rmSync(join(project.folder, RECEIPT_FILE));
    expect(await passes(project.terraform("apply", "next.plan"))).toContain("1 changed");
    expect(JSON.stringify(project.cloud().resources)).toContain("a second");
    project.restore();
    await project.record();
    await passes(apply());
  });
});

describe("seals and overrides", () => {
  it("has the seal of the key that was given, and keeps what somebody trusted has signed", LIMIT, async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const key = "a key of the pipeline";
    await project.record({ HEADGATE_RECEIPT_KEY: key, HEADGATE_RECEIPT_PRIVATE_KEY: privateKey });
    expect(project.receipt()).toMatchObject({ mac: expect.stringMatching(/^[0-9a-f]{64}$/), signature: {} });
    project.edit("gate.tf", '"production"', `"production"\n  receipt_key = "${key}"`);
    await project.record({ HEADGATE_RECEIPT_KEY: key, HEADGATE_RECEIPT_PRIVATE_KEY: privateKey });
    await passes(plan());
    const kept = await project.record({ HEADGATE_RECEIPT_KEY: key, HEADGATE_RECEIPT_PUBLIC_KEY: publicKey });
    expect(kept.stdout).toMatch(/^infra: kept the signed receipt of /);
    await project.record();
    await blocked(plan, "The receipt is not sealed with the key");
  });

  it("lets a broken contract through for one run, and says so in the plan", LIMIT, async () => {
    project.edit("variables.tf", KEPT, LOSES);
    const { stderr } = await project.record({ HEADGATE_OVERRIDE: "ops@example.com: outage" });
    expect(stderr).toContain("infra is OVERRIDDEN by ops@example.com: outage");
    expect(await passes(plan())).toMatch(
      /OVERRIDDEN by ops@example\.com: outage\. The gate said contract-broken: \d+ of/,
    );
    await project.record();
    await blocked(plan, "The gate says contract-broken");
  });
});

describe("check --record refuses", () => {
  it("to prove nothing: without a contract", LIMIT, async () => {
    const { code, stderr } = await headgate(["check", project.folder, "--record"], {
      cwd: join(project.folder, "modules"),
    });
    expect(code).toBe(2);
    expect(stderr).toContain(
      "--record proves a contract, and there is none: name it with --contract FILE, or let `headgate init --from",
    );
  });

  it("an environment that is not declared", LIMIT, async () => {
    const { code, stderr } = await project.record({}, "--env", "producton");
    expect(code).toBe(2);
    expect(stderr).toContain("declares no environment producton; did you mean production?");
  });

  it("what is no folder that Terraform loads, and says where receipts come from", LIMIT, async () => {
    const synthesized = await headgate(["check", referenceSynth(), "--record"], { cwd: project.folder });
    expect(synthesized.code).toBe(2);
    expect(synthesized.stderr).toMatch(
      /is synthesized output, whose receipts `headgate gate --synth \S+ --record` writes/,
    );
    const shown = await project.terraform("show", "-json");
    writeFileSync(join(project.folder, "../state.json"), shown.stdout);
    const state = await headgate(["check", "../state.json", "--record"], { cwd: project.folder });
    expect(state.code).toBe(2);
    expect(state.stderr).toContain("is a state, and a receipt stands beside what Terraform loads");
  });

  it("gates for two stacks, and one whose stack is not written; says when there is none", LIMIT, async () => {
    const gate = readFileSync(join(project.folder, "gate.tf"), "utf8");
    project.write("more.tf", gate.replace("deploy_gate", "second").replace('"production"', '"other"'));
    const two = await project.record();
    expect(two.code).toBe(2);
    expect(two.stderr).toMatch(
      /\. has gates for (production and other|other and production), and one receipt speaks of one/,
    );
    rmSync(join(project.folder, "more.tf"));
    project.edit("gate.tf", '"production"', "var.pager");
    const open = await project.record();
    expect(open.code).toBe(2);
    expect(open.stderr).toMatch(/main\.tf:\d+:\d+ {2}the stack of module\.deploy_gate\.terraform_data\.headgate-gate /);
    project.write("gate.tf", "locals {}\n");
    expect((await project.record()).stderr).toContain(". has no gate, so nothing reads this receipt");
  });
});

describe("a data source that waits for the gate", () => {
  it("is not known in the plan that makes the gate, and is in every later one", LIMIT, async () => {
    const fresh = await plainProject();
    const gate = readFileSync(join(fresh.folder, "gate.tf"), "utf8");
    const main = readFileSync(join(fresh.folder, "main.tf"), "utf8");
    try {
      // An edge that stands without a gate, one name of it from a data source.
      fresh.write("gate.tf", "");
      fresh.write("main.tf", main.replaceAll("depends_on = [module.deploy_gate]", ""));
      fresh.edit("modules/edge/main.tf", 'variable "service"', 'data "google_project" "own" {}\n\nvariable "service"');
      fresh.edit(
        "modules/edge/main.tf",
        'name = "main"\n\n  managed',
        'name = "main-${data.google_project.own.number}"\n\n  managed',
      );
      await passes(fresh.terraform("init"));
      await passes(fresh.terraform("apply", "-auto-approve"));
      fresh.write("gate.tf", gate);
      fresh.write("main.tf", main);
      await passes(fresh.terraform("init"));
      expect((await fresh.record()).stdout).toBe("infra: pass, 64 checks passed\n");
      expect(await passes(fresh.terraform("plan"))).toMatch(
        /module\.edge\.google_compute_managed_ssl_certificate\.main must be replaced/,
      );
      const before = JSON.stringify(fresh.cloud().resources);
      await passes(fresh.terraform("apply", "-auto-approve", "-target=module.deploy_gate"));
      await passes(fresh.terraform("plan", "-detailed-exitcode"));
      expect(JSON.stringify(fresh.cloud().resources)).toBe(before);
    } finally {
      fresh.remove();
    }
  });
});

describe("the page about deploying", () => {
  it("shows the call of the module that all of this was tried with", () => {
    const [, section = ""] = readFileSync("docs/deploy.md", "utf8").split("\n## Plain Terraform\n");
    const [, example] = /```hcl\n([\s\S]*?)```/.exec(section)!;
    expect(example).toBe(readFileSync("tests/fixtures/plain-terraform/gate.tf", "utf8"));
  });
});

describe("destroy", () => {
  it("goes through, whatever the receipt says", LIMIT, async () => {
    project.edit("variables.tf", KEPT, LOSES);
    await project.record();
    await passes(project.terraform("destroy", "-auto-approve"));
    expect(project.cloud().resources).toEqual({});
  });
});
