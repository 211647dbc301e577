import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { RECEIPT_FILE } from "../../../contract/receipt.ts";
import { headgate } from "../../support/cli.ts";
import { temporaryFolder } from "../../support/reference.ts";
import { terraform } from "../../support/stand-in-google/terraform.ts";
import type { TerraformRun } from "../../support/stand-in-google/terraform.ts";

const LIMIT = { timeout: 120_000 };

/** What Terraform said, without its frames and line breaks. */
const said = ({ stdout, stderr }: TerraformRun): string => `${stdout} ${stderr}`.replace(/[\s│╷╵]+/g, " ");

async function passes(run: Promise<TerraformRun>): Promise<void> {
  const result = await run;
  expect(result.exitCode, said(result).slice(-1000)).toBe(0);
}

describe("a root module whose modules lie beside it", () => {
  it("is bound with them and with the templates that they read, from wherever it is looked at", LIMIT, async () => {
    const { path, remove } = temporaryFolder();
    const root = join(path, "envs/prod");
    const call = (name: string, more: string): string =>
      `module "${name}" {\n  source = "../../modules/${name}"\n  ${more}\n}\n`;
    const files = {
      ".git/HEAD": "",
      "envs/prod/main.tf": `${call("deploy-gate", 'stack = "prod"')}${call("edge", "depends_on = [module.deploy-gate]")}`,
      "modules/edge/main.tf": `resource "terraform_data" "edge" {\n  input = templatefile("\${path.module}/edge.tpl", {})\n}\n`,
      "modules/edge/edge.tpl": "one",
    };
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    }
    cpSync("modules", join(path, "modules"), { recursive: true });
    cpSync("tests/fixtures/plain-terraform/headgate.yaml", join(path, "headgate.yaml"));
    const inside = (...args: string[]): Promise<TerraformRun> =>
      terraform(path, [`-chdir=${root}`, ...args], {
        CHECKPOINT_DISABLE: "1",
        TF_INPUT: "0",
        TF_CLI_ARGS: "-no-color",
      });
    // It holds no edge, and what is looked at here is only what the receipt is bound to.
    const env = { HEADGATE_OVERRIDE: "ops@example.com: no edge yet" };
    const digestOf = async (source: string, cwd: string): Promise<string> => {
      const contract = join(path, "headgate.yaml");
      const { code, stderr } = await headgate(["check", source, "--record", "--contract", contract], { cwd, env });
      expect(code, stderr).toBe(0);
      const text = readFileSync(join(root, RECEIPT_FILE), "utf8");
      expect(text).not.toContain(path);
      expect(text).toContain('"../../modules/edge/edge.tpl"');
      return (JSON.parse(text) as { configuration: { digest: string } }).configuration.digest;
    };
    try {
      const digest = await digestOf("envs/prod", path);
      expect(await digestOf(root, path)).toBe(digest);
      expect(await digestOf(".", root)).toBe(digest);
      await passes(inside("init"));
      await passes(inside("plan"));
      writeFileSync(join(path, "modules/edge/edge.tpl"), "two");
      expect(said(await inside("plan"))).toContain("Different: ../../modules/edge/edge.tpl.");
    } finally {
      remove();
    }
  });
});
