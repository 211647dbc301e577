import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { headgate, run } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { losingOverride } from "../support/losing-override.ts";
import { temporaryFolder } from "../support/reference.ts";
import { readCloud, readLog } from "../support/stand-in-google/cloud.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";

const REFERENCE = readFileSync("headgate.yaml", "utf8");
const GOOD = REFERENCE.replace(/(backend@sha256:)[0-9a-f]/, "$1f");
const LIMIT = { timeout: 360_000 };

let folder: ReturnType<typeof temporaryFolder>;
let installed: ReturnType<typeof installStandIn>;
let stack: string;
beforeAll(() => {
  folder = temporaryFolder();
  installed = installStandIn(folder.path);
  stack = join(folder.path, "cdktf.out/stacks/staging");
});
afterAll(() => folder.remove());

type Env = Record<string, string>;

function deploy(contract: string, args: readonly string[] = ["staging"], env: Env = {}): Promise<CliRun> {
  writeFileSync(join(folder.path, "headgate.yaml"), contract);
  return headgate(["deploy", ...args, "--terraform", "--no-verify"], {
    cwd: folder.path,
    env: { ...installed.env, ...env },
  });
}

/** Digest of the state and of everything that exists. */
function standing(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder.path)
    .filter((each) => each.endsWith(".tfstate") || each === "cloud.json")
    .sort())
    hash.update(name).update(readFileSync(join(folder.path, name)));
  return hash.digest("hex");
}

/** The command after these words at the start of a line. */
function commandAfter(words: string, text: string): string[] {
  const line = text.split("\n").find((each) => each.startsWith(words));
  expect(line, text).toBeDefined();
  return line!.slice(words.length).trim().split(" ");
}

it("goes through first, unchanged, bad, reverted and good, and applies only what passed", LIMIT, async () => {
  const first = await deploy(REFERENCE);
  expect(first.code, first.stdout + first.stderr).toBe(0);
  expect(first.stdout).toContain("no edge was there before");
  expect(first.stdout).toContain("deployed staging");
  expect(first.stdout).toContain(
    "to go back: terraform -chdir=cdktf.out/stacks/staging destroy (nothing was there before)",
  );
  expect(Object.keys(readCloud(installed.cloudFile).resources).length).toBeGreaterThan(10);

  const cloud = (): string => readFileSync(installed.cloudFile, "utf8");
  const made = cloud();
  const unchanged = await deploy(REFERENCE);
  expect(unchanged.code, unchanged.stderr).toBe(0);
  expect(unchanged.stdout).toContain("header path: not touched (0 changes");
  expect(readLog(installed.cloudFile).filter(({ operation }) => operation !== "create")).toEqual([]);
  expect(cloud()).toBe(made);

  const before = standing();
  const override = losingOverride(stack);
  const bad = await deploy(REFERENCE);
  expect(bad.code, bad.stdout + bad.stderr).toBe(1);
  expect(bad.stdout).toMatch(/^staging: contract-broken, \d+ of \d+ checks failed$/m);
  expect(bad.stdout).toContain("not deployed: staging");
  expect(bad.stdout).toContain("the gate did not pass: nothing was applied");
  // Not the verb alone: Terraform itself plans none of it.
  const planned = await terraform(stack, ["apply", "-auto-approve"], installed.env);
  expect(planned.exitCode).toBe(1);
  expect(planned.stderr.replace(/[\s│╷╵]+/g, " ")).toContain("The gate says contract-broken");
  expect(standing()).toBe(before);

  rmSync(override);
  const reverted = await deploy(REFERENCE);
  expect(reverted.code, reverted.stderr).toBe(0);
  expect(cloud()).toBe(made);

  const good = await deploy(GOOD);
  expect(good.code, good.stdout + good.stderr).toBe(0);
  expect(good.stdout).toMatch(/header path: touched by/);
  expect(cloud()).not.toBe(made);
  expect(readLog(installed.cloudFile).every(({ outcome }) => outcome === "done")).toBe(true);
  expect(readdirSync(stack).filter((name) => name.includes("plan"))).toEqual([]);

  const [program, ...back] = commandAfter("to go back:", good.stdout);
  expect(program).toBe("headgate");
  const gone = await headgate(back, { cwd: folder.path, env: installed.env });
  expect(gone.code, gone.stdout + gone.stderr).toBe(0);
  const images = JSON.stringify(readCloud(installed.cloudFile).resources).match(/backend@sha256:[0-9a-f]{64}/g);
  expect(REFERENCE).toContain(images![0]);
});

it(
  "passes Ctrl-C on in the middle of an apply, and waits: what was begun is finished, and in the state",
  LIMIT,
  async () => {
    const log = (): number => readLog(installed.cloudFile).length;
    const before = log();
    writeFileSync(join(folder.path, "headgate.yaml"), GOOD);
    let sentAt = 0;
    const interrupted = await headgate(["deploy", "staging", "--terraform", "--no-verify"], {
      cwd: folder.path,
      env: { ...installed.env, HEADGATE_STAND_IN_DELAY_MS: "3000" },
      onStart: (child) => {
        let heard = "";
        child.stderr!.on("data", (text: Buffer) => {
          heard += text.toString();
          if (sentAt > 0 || !/Modifying\.\.\.|Creating\.\.\./.test(heard)) return;
          sentAt = performance.now();
          child.kill("SIGINT");
        });
      },
    });
    expect(sentAt).toBeGreaterThan(0);
    expect(interrupted.code, interrupted.stderr).toBe(3);
    expect(interrupted.stderr).toContain("Interrupt received");
    expect(interrupted.stdout).toContain("interrupted during terraform apply: Terraform ended what it had begun");
    expect(interrupted.stdout).toContain("not deployed: staging: what was applied so far stays");
    expect(log(), "what had been begun").toBeGreaterThan(before);
    expect(readdirSync(folder.path).filter((name) => name.endsWith(".lock.info"))).toEqual([]);

    const [, ...on] = commandAfter("to go on:", interrupted.stdout);
    const done = await headgate(on, { cwd: folder.path, env: installed.env });
    expect(done.code, done.stdout + done.stderr).toBe(0);
    const again = await run("terraform", ["plan", "-detailed-exitcode"], { cwd: stack, env: installed.env });
    expect(again.code, again.stdout).toBe(0);

    const [, ...back] = commandAfter("to go back:", interrupted.stdout);
    const gone = await headgate(back, { cwd: folder.path, env: installed.env });
    expect(gone.code, gone.stdout + gone.stderr).toBe(0);
    const images = JSON.stringify(readCloud(installed.cloudFile).resources).match(/backend@sha256:[0-9a-f]{64}/g);
    expect(REFERENCE).toContain(images![0]);
  },
);

it(
  "leaves Terraform alive when a second Ctrl-C ends headgate: it finishes, and its state is whole",
  LIMIT,
  async () => {
    writeFileSync(join(folder.path, "headgate.yaml"), GOOD);
    const isLocked = (): boolean => readdirSync(folder.path).some((name) => name.endsWith(".lock.info"));
    let heldLock = false;
    const { code, stderr } = await headgate(["deploy", "staging", "--terraform", "--no-verify"], {
      cwd: folder.path,
      env: { ...installed.env, HEADGATE_STAND_IN_DELAY_MS: "3000" },
      onStart: (child) => {
        child.once("exit", () => (heldLock = isLocked()));
        let heard = "";
        let sent = 0;
        child.stderr!.on("data", (text: Buffer) => {
          heard += text.toString();
          if (sent === 0 && /Modifying\.\.\.|Creating\.\.\./.test(heard)) sent = child.kill("SIGINT") ? 1 : 0;
          if (sent === 1 && heard.includes("Interrupt received")) sent = child.kill("SIGINT") ? 2 : 1;
        });
      },
    });
    expect(code, stderr).toBe(3);
    expect(heldLock, "Terraform was at work when headgate ended").toBe(true);
    await expect.poll(isLocked, { timeout: 60_000 }).toBe(false);
    expect(existsSync(join(stack, "headgate.plan.json"))).toBe(false);
    const done = await deploy(GOOD);
    expect(done.code, done.stdout + done.stderr).toBe(0);
    expect(readLog(installed.cloudFile).every(({ outcome }) => outcome === "done")).toBe(true);
  },
);

it("never asks: a variable without a value is an error, and one that is given reaches Terraform", LIMIT, async () => {
  const file = join(stack, "needed.tf");
  writeFileSync(file, 'variable "needed" {\n  type      = string\n  sensitive = true\n}\n');
  const before = standing();
  const missing = await deploy(REFERENCE);
  expect(missing.code, missing.stderr).toBe(2);
  expect(missing.stderr).toContain("No value for required variable");
  expect(missing.stdout).toContain("terraform plan ended with 1, for the reason above; nothing was changed");
  expect(standing()).toBe(before);
  const given = await deploy(REFERENCE, ["staging", "--var", "needed=value"]);
  rmSync(file);
  expect(given.code, given.stderr).toBe(0);
});

it("gives Terraform the key that seals the receipt", LIMIT, async () => {
  const key = "a key of this pipeline";
  const sealed = await deploy(REFERENCE, ["staging"], { HEADGATE_RECEIPT_KEY: key });
  expect(sealed.code, sealed.stderr).toBe(0);
  expect(sealed.stdout + sealed.stderr).not.toContain(key);
  const other = await deploy(REFERENCE, ["staging"], {
    HEADGATE_RECEIPT_KEY: key,
    TF_CLI_ARGS_plan: "-var=headgate_receipt_key=another-key-than-it",
  });
  expect(other.code).toBe(2);
  expect(other.stderr.replace(/[\s│╷╵]+/g, " ")).toContain("not sealed with the key");
});

it("says what it needs before anything is begun", LIMIT, async () => {
  const typo = await deploy(REFERENCE, ["stagin"]);
  expect(typo.stderr).toContain("declares no environment stagin; did you mean staging?");
  const unnamed = await deploy(REFERENCE, []);
  expect(unnamed.stderr).toContain("say which environment to deploy (staging, production)");
  const two = await deploy(REFERENCE, ["staging", "--env", "production"]);
  expect(two.stderr).toContain("staging and --env production are two environments; name one");
  const keyless = await deploy(REFERENCE, ["--env", "production"], { HEADGATE_KEY: "" });
  expect(keyless.code).toBe(2);
  expect(keyless.stderr).toContain("set HEADGATE_KEY");
  const noWay = await deploy(REFERENCE, ["staging", "--rollback"]);
  expect(noWay.stderr).toContain("staging has promotion: direct, which keeps no release to go back to");
  const nowhere = await deploy(REFERENCE, ["staging", "--edge", "public=https://127.0.0.1/path"]);
  expect(nowhere.stderr).toContain("--edge public=https://127.0.0.1/path is not an address");
});
