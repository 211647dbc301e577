import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RECEIPT_FILE } from "../../contract/receipt.ts";
import { expectBlocked, gatedProject, said } from "../support/gated-project.ts";
import type { GatedProject } from "../support/gated-project.ts";
import { writePass } from "../support/receipts.ts";
import { routingMap } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import type { TerraformRun } from "../support/stand-in-google/terraform.ts";

const REFERENCE = readFileSync("headgate.yaml", "utf8");
const LIMIT = { timeout: 120_000 };

let project: GatedProject;

const plan = (...args: string[]): Promise<TerraformRun> => project.terraform("staging", "plan", ...args);
const apply = (...args: string[]): Promise<TerraformRun> =>
  project.terraform("staging", "apply", "-auto-approve", ...args);

/** A change of the stack that takes the credential from every request. */
function losesAuthorization(terraform: Json): void {
  routingMap(terraform).header_action = { request_headers_to_remove: ["Authorization"] };
}

/** Terraform's name of the URL map that routes. A target that there is not would plan nothing, and pass. */
const routingName = (): string =>
  Object.keys(JSON.parse(text).resource.google_compute_url_map).find((id) => id.startsWith("routing"))!;

const blocked = (run: () => Promise<TerraformRun>, words: string | RegExp): Promise<void> =>
  expectBlocked(project, run, words);

// One system, deployed behind its receipt; each test finds it as it was.
let text = "";
beforeAll(async () => {
  project = gatedProject();
  await project.synth(REFERENCE);
  text = readFileSync(join(project.stack, "cdk.tf.json"), "utf8");
  await blocked(plan, "No receipt of the gate stands beside this configuration");
  const { code, stdout } = await project.record();
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: "production: pass, 578 checks passed\nstaging: pass, 289 checks passed\n",
  });
  await project.apply("staging");
  expect(await project.plan("staging")).toEqual({});
}, 180_000);
afterEach(() => {
  for (const file of ["zz_override.tf", "more.tf", "x.auto.tfvars", "terraform.tfvars.json", "next.plan"])
    rmSync(join(project.stack, file), { force: true });
  project.write("cdk.tf.json", text);
  writePass(project.stack);
});
afterAll(() => project.remove());

describe("a receipt beside the stack", () => {
  it("blocks a broken contract when planning, and quotes the failing cell; record itself ends 0", LIMIT, async () => {
    project.editStack(losesAuthorization);
    const { code, stdout } = await project.record({}, "--env", "staging");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^staging: contract-broken, \d+ of \d+ checks failed$/m);
    const words =
      /The gate says contract-broken: \d+ of \d+ checks failed.*FAIL header-unchanged Authorization (https|wss):\/\/[a-z]+\.staging\.example\.com\/\S* stripped, wanted unchanged by google_compute_url_map/;
    await blocked(plan, words);
    await blocked(apply, words);
    await blocked(() => apply(`-target=google_compute_url_map.${routingName()}`), words);
  });

  it("never stands in the way of whoever looks, refreshes or destroys, a broken contract included", LIMIT, async () => {
    writePass(project.stack, { verdict: "contract-broken" });
    for (const receipt of ["broken", "none"]) {
      if (receipt === "none") rmSync(project.receiptFile);
      for (const args of [["plan", "-destroy"], ["plan", "-refresh-only"], ["output"], ["state", "list"]]) {
        const { exitCode, stderr } = await project.terraform("staging", ...args);
        expect(exitCode, `${receipt} ${args.join(" ")}: ${stderr}`).toBe(0);
      }
    }
  });
});

describe("what does not go past the gate", () => {
  it("is a file that was edited after it looked", LIMIT, async () => {
    project.editStack(losesAuthorization);
    await blocked(apply, "another configuration than this one. Different: cdk.tf.json.");
  });

  it.each([
    ["zz_override.tf", 'terraform {\n  required_version = ">= 1.11"\n}\n'],
    ["more.tf", 'output "more" {\n  value = 1\n}\n'],
    ["x.auto.tfvars", 'headgate_receipt_key = ""\n'],
    ["terraform.tfvars.json", "{}"],
  ])("is %s, that Terraform loads too", LIMIT, async (file, content) => {
    project.write(file, content);
    await blocked(apply, `Different: ${file}.`);
  });

  it("is a receipt of yesterday, of the future, of another stack, or of another configuration", LIMIT, async () => {
    writePass(project.stack, { at: "2026-01-31T23:59:59Z" });
    await blocked(apply, "The receipt is of 2026-01-31T23:59:59Z, and holds for 15m.");
    writePass(project.stack, { at: "2999-01-31T23:59:59Z" });
    await blocked(apply, "The receipt is of 2999-01-31T23:59:59Z");
    writePass(project.stack, { stack: "production" });
    await blocked(apply, "The receipt speaks of stack production, and this is staging.");
    writePass(join(project.stack, "../production"));
    project.write(RECEIPT_FILE, readFileSync(join(project.stack, "../production", RECEIPT_FILE), "utf8"));
    await blocked(apply, "another configuration than this one. Different: cdk.tf.json.");
    project.write(RECEIPT_FILE, '{ "schema": "headgate-receipt/2" }');
    await blocked(apply, "No receipt of the gate");
  });

  it("is a renamed URL map: nothing is destroyed first", LIMIT, async () => {
    project.editStack((terraform) => (routingMap(terraform).name = "another"));
    const before = project.log().length;
    await blocked(apply, "Different: cdk.tf.json.");
    expect(project.log().slice(before)).toEqual([]);
  });
});

describe("an override file that the gate has looked at", () => {
  it("is judged with the rest", LIMIT, async () => {
    project.write(
      "zz_override.tf",
      `resource "google_compute_url_map" "${routingName()}" {\n  header_action {\n    request_headers_to_remove = ["Authorization"]\n  }\n}\n`,
    );
    await project.record({}, "--env", "staging");
    expect(project.receipt()).toMatchObject({ verdict: "contract-broken" });
    expect(Object.keys(project.receipt().configuration.files)).toEqual(["cdk.tf.json", "zz_override.tf"]);
    await blocked(apply, /The gate says contract-broken.*zz_override\.tf/);
  });
});

describe("a saved plan", () => {
  it("is applied whole, the receipt gone by then, and never stops after the first destroy", LIMIT, async () => {
    project.editStack((terraform) => (routingMap(terraform).description = "a second"));
    writePass(project.stack);
    const planned = await plan("-out=next.plan");
    expect(planned.exitCode, planned.stderr).toBe(0);
    rmSync(project.receiptFile);
    const applied = await project.terraform("staging", "apply", "next.plan");
    expect(applied.exitCode, applied.stderr).toBe(0);
    const maps = Object.values<Json>(project.cloud().resources).filter((each) =>
      JSON.stringify(each).includes("a second"),
    );
    expect(maps).toHaveLength(1);
    // And back.
    project.write("cdk.tf.json", text);
    writePass(project.stack);
    await project.apply("staging");
  });
});

describe("an override by a person", () => {
  it("lets a broken contract through, says so in every plan, and is gone with the next record", LIMIT, async () => {
    project.editStack(losesAuthorization);
    const { stderr } = await project.record({ HEADGATE_OVERRIDE: "ops@example.com: outage" }, "--env", "staging");
    expect(stderr).toContain("staging is OVERRIDDEN by ops@example.com: outage");
    const planned = await plan();
    expect(planned.exitCode, planned.stderr).toBe(0);
    expect(said(planned)).toMatch(
      /Warning: Check block assertion failed.*OVERRIDDEN by ops@example\.com: outage\. The gate said contract-broken: \d+ of/,
    );
    await project.record({}, "--env", "staging");
    await blocked(apply, "The gate says contract-broken");
  });
});

describe("a key", () => {
  const key = "a key of the pipeline";

  it("refuses a receipt that was not sealed with it", LIMIT, async () => {
    await project.record({ HEADGATE_RECEIPT_KEY: key }, "--env", "staging");
    const planned = await plan(`-var=headgate_receipt_key=${key}`);
    expect(planned.exitCode, said(planned)).toBe(0);
    const changed = { ...project.receipt(), verdict: "pass", tool: "headgate 9.9.9" };
    project.write(RECEIPT_FILE, JSON.stringify(changed));
    await blocked(() => apply(`-var=headgate_receipt_key=${key}`), "not sealed with the key");
    writePass(project.stack);
    await blocked(() => apply(`-var=headgate_receipt_key=${key}`), "not sealed with the key");
  });
});
