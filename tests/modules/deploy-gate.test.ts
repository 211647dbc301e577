import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RECEIPT_FILE, receiptTime } from "../../contract/receipt.ts";
import type { Receipt } from "../../contract/receipt.ts";
import { macOf } from "../../contract/receipt-seal.ts";
import { gateModule } from "../../scripts/gate-module.ts";
import { standing } from "../support/gated-project.ts";
import { writePass } from "../support/receipts.ts";
import { temporaryFolder } from "../support/reference.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";
import type { TerraformRun } from "../support/stand-in-google/terraform.ts";

const MODULE = "modules/deploy-gate";
const LIMIT = { timeout: 60_000 };
const ENV = { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0", TF_CLI_ARGS: "-no-color" };
const KEY = "a key of the pipeline";

const MAIN = `variable "region" {
  type    = string
  default = "us-central1"
}

variable "hosts" {
  type    = list(string)
  default = ["api.example.com", "app.example.com"]
}

variable "key" {
  type      = string
  default   = ""
  sensitive = true
}

module "gate" {
  source      = "./modules/deploy-gate"
  stack       = "edge"
  variables   = { region = var.region, hosts = var.hosts }
  receipt_key = var.key
}

resource "terraform_data" "edge" {
  input      = [var.region, var.hosts, "one"]
  depends_on = [module.gate]
}
`;

let folder: ReturnType<typeof temporaryFolder>;
const write = (file: string, text: string): void => writeFileSync(join(folder.path, file), text);
const run = (...args: string[]): Promise<TerraformRun> => terraform(folder.path, args, ENV);
const apply = (...args: string[]): Promise<TerraformRun> => run("apply", "-auto-approve", ...args);
const said = ({ stdout, stderr }: TerraformRun): string => `${stdout} ${stderr}`.replace(/[\s│╷╵]+/g, " ");
const hashOf = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");
const BOUND = { region: hashOf("us-central1"), hosts: hashOf(["api.example.com", "app.example.com"]) };
const receipt = (change: Partial<Receipt> = {}, variables: Record<string, string> = BOUND): Receipt =>
  writePass(folder.path, { stack: "edge", ...change }, variables);
const minutesAgo = (minutes: number): string => receiptTime(new Date(Date.now() - minutes * 60_000));

async function passes(result: Promise<TerraformRun>): Promise<TerraformRun> {
  const done = await result;
  expect(done.exitCode, said(done).slice(-1000)).toBe(0);
  return done;
}

async function blocked(words: string | RegExp, ...args: string[]): Promise<void> {
  const before = standing(folder.path);
  for (const result of [await run("plan", ...args), await apply(...args)]) {
    expect(result.exitCode, said(result)).toBe(1);
    expect(said(result)).toMatch(words);
  }
  expect(standing(folder.path)).toBe(before);
}

beforeAll(async () => {
  folder = temporaryFolder();
  cpSync(MODULE, join(folder.path, MODULE), { recursive: true });
  write("main.tf", MAIN);
  await passes(run("init"));
  receipt();
  await passes(apply());
}, 60_000);
afterEach(() => {
  for (const file of ["more.tf", "more.tf.json", "zz_override.tf", "terraform.tfvars", "x.auto.tfvars", "next.plan"])
    rmSync(join(folder.path, file), { force: true });
  write("main.tf", MAIN);
});
afterAll(() => folder.remove());

describe("the module", () => {
  it("is written from the terms that the stacks have", () => {
    const files = Object.fromEntries(
      readdirSync(MODULE).map((name) => [name, readFileSync(join(MODULE, name), "utf8")]),
    );
    expect(files).toEqual(gateModule());
  });

  it("is formatted, and valid by itself", LIMIT, async () => {
    const alone = join(folder.path, "alone");
    mkdirSync(alone);
    cpSync(MODULE, alone, { recursive: true });
    await passes(terraform(alone, ["fmt", "-check", "-diff"], ENV));
    await passes(terraform(alone, ["init"], ENV));
    await passes(terraform(alone, ["validate"], ENV));
    rmSync(alone, { recursive: true });
  });

  it("changes nothing by itself, whatever the receipt says and whatever it is called with", LIMIT, async () => {
    receipt({ at: minutesAgo(1), summary: "other words" });
    await passes(run("plan", "-detailed-exitcode"));
    write("main.tf", MAIN.replace('"edge"\n  variables', '"renamed"\n  variables'));
    receipt({ stack: "renamed" });
    await passes(run("plan", "-detailed-exitcode"));
  });
});

describe("a plan is stopped", () => {
  it("without a receipt, or by one that is none", LIMIT, async () => {
    rmSync(join(folder.path, RECEIPT_FILE));
    await blocked(/No receipt of the gate stands beside .* Run: npx headgate check \. --record/);
    for (const text of ["", "{}", '{"schema":"headgate-receipt/2"}']) {
      write(RECEIPT_FILE, text);
      const { exitCode, stderr } = await run("plan");
      expect(exitCode).toBe(1);
      expect(stderr).toContain("No receipt of the gate stands");
    }
  });

  it("by a broken contract, whose failing cells it quotes", LIMIT, async () => {
    const failing = ["FAIL header-unchanged  Authorization  wss://api.example.com/ws"];
    receipt({ verdict: "contract-broken", summary: "1 of 9 checks failed", failing });
    await blocked("The gate says contract-broken: 1 of 9 checks failed FAIL header-unchanged Authorization wss://");
    receipt({ verdict: "inconclusive", summary: "nobody looked" });
    await blocked("The gate says inconclusive: nobody looked", "-target=terraform_data.edge");
  });

  it("by a receipt of another stack, and of another time", LIMIT, async () => {
    receipt({ stack: "other" });
    await blocked("The receipt speaks of stack other, and this is edge.");
    receipt({ at: minutesAgo(16) });
    await blocked("and holds for 15m.");
    receipt({ at: minutesAgo(-6) });
    await blocked("and holds for 15m.");
  });

  it.each([
    ["main.tf", MAIN.replace('"one"', '"two"')],
    ["more.tf", ""],
    ["more.tf.json", "{}"],
    ["terraform.tfvars", 'region = "us-central1"\n'],
    ["zz_override.tf", 'resource "terraform_data" "edge" {\n  input = "two"\n}\n'],
    ["x.auto.tfvars", 'key = ""\n'],
  ])("by a file that the gate has not looked at: %s", LIMIT, async (file, text) => {
    receipt();
    write(file, text);
    await blocked(`Different: ${file}.`);
    await blocked(`Different: ${file}.`, "-target=terraform_data.edge");
  });

  it("by another value of a variable that the verdict rests on, however it is given", LIMIT, async () => {
    receipt();
    await blocked("Different: var.region.", "-var=region=europe-west1");
    await blocked("Different: var.hosts.", '-var=hosts=["api.example.com"]');
    const result = await terraform(folder.path, ["plan"], { ...ENV, TF_VAR_region: "europe-west1" });
    expect(said(result)).toContain("Different: var.region.");
    await passes(terraform(folder.path, ["plan"], { ...ENV, TF_VAR_region: "us-central1" }));
  });

  it("by a variable that was looked at and is not given to the module, and says so", LIMIT, async () => {
    write("main.tf", MAIN.replace(", hosts = var.hosts }", " }"));
    receipt();
    await blocked("Different: var.hosts (not given to the gate).");
  });

  it("by another workspace, where the verdict rests on it", LIMIT, async () => {
    receipt({}, { ...BOUND, "terraform.workspace": hashOf("default") });
    await passes(run("plan"));
    const result = await terraform(folder.path, ["plan"], { ...ENV, TF_WORKSPACE: "other" });
    expect(result.exitCode).toBe(1);
    expect(said(result)).toContain("Different: terraform.workspace.");
  });
});

describe("a plan goes on", () => {
  it("for whoever looks, refreshes or destroys, a broken contract and a missing receipt included", LIMIT, async () => {
    receipt({ verdict: "contract-broken" });
    for (const args of [["plan", "-destroy"], ["plan", "-refresh-only"], ["output"], ["state", "list"]]) {
      await passes(run(...args));
      rmSync(join(folder.path, RECEIPT_FILE), { force: true });
    }
  });

  it("from a saved plan, which is applied whole though the receipt is gone", LIMIT, async () => {
    write("main.tf", MAIN.replace('"one"', '"two"'));
    receipt();
    await passes(run("plan", "-out=next.plan"));
    rmSync(join(folder.path, RECEIPT_FILE));
    expect((await passes(run("apply", "next.plan"))).stdout).toContain("1 changed");
  });

  it("for five minutes under an override, with a warning", LIMIT, async () => {
    const override = { owner: "ops@example.com", reason: "outage" };
    receipt({ verdict: "contract-broken", summary: "1 of 9 checks failed", override });
    expect(said(await passes(run("plan")))).toContain(
      "OVERRIDDEN by ops@example.com: outage. The gate said contract-broken",
    );
    receipt({ verdict: "contract-broken", override, at: minutesAgo(6) });
    await blocked("and holds for 5m.");
  });

  it("for as long as the module is told", LIMIT, async () => {
    write(
      "main.tf",
      MAIN.replace('stack       = "edge"', 'stack = "edge"\n  max_age = "1h"\n  command = "make proof"'),
    );
    receipt({ at: minutesAgo(50) });
    await passes(run("plan"));
    receipt({ at: minutesAgo(61) });
    await blocked("and holds for 1h. Run: make proof");
  });
});

describe("a key", () => {
  const sealed = (): void => {
    const { mac: _, ...whole } = receipt();
    receipt({ at: whole.at, mac: macOf(whole, KEY) });
  };

  it("refuses what was not sealed with it, and nothing else", LIMIT, async () => {
    sealed();
    await passes(run("plan", `-var=key=${KEY}`));
    await passes(run("plan"));
    await blocked("The receipt is not sealed with the key", "-var=key=another key of somebody");
    receipt();
    await blocked("The receipt is not sealed with the key", `-var=key=${KEY}`);
  });

  it("is asked for where the module is told to", LIMIT, async () => {
    write("main.tf", MAIN.replace('stack       = "edge"', 'stack = "edge"\n  require_key = true'));
    sealed();
    await blocked("The receipt is not sealed with the key");
    const done = await passes(run("plan", `-var=key=${KEY}`));
    expect(said(done)).not.toContain(KEY);
  });
});
