import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { headgate } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { temporaryFolder } from "../support/reference.ts";
import { readCloud, readLog } from "../support/stand-in-google/cloud.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";

const REFERENCE = readFileSync("headgate.yaml", "utf8");
const BAD = REFERENCE.replace("value: public-edge,", "value: another-edge,");
const GOOD = REFERENCE.replace(/(backend@sha256:)[0-9a-f]/, "$1f");
const LIMIT = 120_000;

let folder: ReturnType<typeof temporaryFolder>;
let installed: ReturnType<typeof installStandIn>;
beforeAll(() => {
  folder = temporaryFolder();
  installed = installStandIn(folder.path);
});
afterAll(() => folder.remove());

function deploy(contract: string, environment = "staging", ...more: string[]): Promise<CliRun> {
  writeFileSync(join(folder.path, "headgate.yaml"), contract);
  const args = ["deploy", environment, "--terraform", ...more];
  return headgate(args, { cwd: folder.path, env: installed.env });
}

const cloud = (): string => (existsSync(installed.cloudFile) ? readFileSync(installed.cloudFile, "utf8") : "");

it(
  "goes through first, unchanged, bad, good and back, and applies only what passed",
  { timeout: LIMIT * 3 },
  async () => {
    const first = await deploy(REFERENCE);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toContain("no edge was there before");
    expect(first.stdout).toContain("deployed staging");
    expect(Object.keys(readCloud(installed.cloudFile).resources).length).toBeGreaterThan(10);

    const before = cloud();
    const unchanged = await deploy(REFERENCE);
    expect(unchanged.code, unchanged.stderr).toBe(0);
    expect(unchanged.stdout).toContain("header path: not touched (0 changes");
    expect(cloud()).toBe(before);

    const bad = await deploy(BAD);
    expect([1, 2], bad.stdout + bad.stderr).toContain(bad.code);
    expect(bad.stdout).not.toContain("deployed");
    expect(cloud()).toBe(before);

    const good = await deploy(GOOD);
    expect(good.code, good.stdout).toBe(0);
    expect(good.stdout).toMatch(/header path: touched by/);
    expect(cloud()).not.toBe(before);
    expect(readLog(installed.cloudFile).every(({ outcome }) => outcome === "done")).toBe(true);

    const back = await deploy(REFERENCE);
    expect(back.code, back.stderr).toBe(0);
    const left = readdirSync(join(folder.path, "cdktf.out/stacks/staging")).filter((name) => name.includes("plan"));
    expect(left).toEqual([]);
  },
);

it("refuses an environment that it does not deploy, and one that there is not", { timeout: LIMIT }, async () => {
  const preview = await deploy(REFERENCE, "production");
  expect(preview.code).toBe(2);
  expect(preview.stderr).toContain("production has promotion: preview, which this verb does not carry out");
  const typo = await deploy(REFERENCE, "stagin");
  expect(typo.stderr).toContain("declares no environment stagin; did you mean staging?");
});
