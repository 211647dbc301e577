import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { renderReleases } from "../../contract/release-moves.ts";
import { CANDIDATE_FILE, loadCandidate, loadRelease } from "../../contract/release.ts";
import { stampOf } from "../../contract/stamp.ts";
import { edit } from "../support/builders.ts";
import { headgate, run } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { losingOverride } from "../support/losing-override.ts";
import { temporaryFolder } from "../support/reference.ts";
import { readCloud } from "../support/stand-in-google/cloud.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";

const REFERENCE = readFileSync("headgate.yaml", "utf8");
const MENDED = edit(REFERENCE, "backend@sha256:3", "backend@sha256:f");
const LATER = edit(REFERENCE, "backend@sha256:3", "backend@sha256:e");
const LIMIT = { timeout: 240_000 };

let folder: ReturnType<typeof temporaryFolder>;
let installed: ReturnType<typeof installStandIn>;
let releaseFile: string;
beforeAll(() => {
  folder = temporaryFolder();
  installed = installStandIn(folder.path);
  releaseFile = join(folder.path, "release.json");
});
afterAll(() => folder.remove());

function deploy(contract: string, env: Record<string, string> = {}, ...args: string[]): Promise<CliRun> {
  writeFileSync(join(folder.path, "headgate.yaml"), contract);
  return headgate(["deploy", "production", "--terraform", "--no-verify", ...args], {
    cwd: folder.path,
    env: { ...installed.env, HEADGATE_KEY: "key-of-the-witnesses", ...env },
  });
}

it("begins a first apply again that failed half way, whatever the contract says by then", LIMIT, async () => {
  const failed = await deploy(REFERENCE, {
    HEADGATE_STAND_IN_FAIL: "before create google_compute_target_https_proxy#1",
  });
  expect(failed.code, failed.stdout + failed.stderr).toBe(3);
  expect(failed.stdout).toContain("did not come to its end");
  expect(existsSync(releaseFile)).toBe(false);
  expect(Object.keys(readCloud(installed.cloudFile).resources).length).toBeGreaterThan(10);

  const mended = await deploy(MENDED);
  expect(mended.code, mended.stdout + mended.stderr).toBe(0);
  expect(readFileSync(releaseFile, "utf8")).toContain("backend@sha256:f");

  // What opens the preview edge stands in the state and in the policy, and is told to nobody.
  const [, token] = /x-headgate-preview'\] == '([0-9a-f-]{36})'/.exec(readFileSync(installed.cloudFile, "utf8"))!;
  const log = join(folder.path, "cdktf.out/stacks/production/headgate-terraform.log");
  for (const run of [failed, mended]) expect(run.stdout + run.stderr).not.toContain(token);
  for (const file of [releaseFile, log]) expect(readFileSync(file, "utf8")).not.toContain(token);
});

it("lets nothing new go live where the file that says what is live was lost", LIMIT, async () => {
  const release = readFileSync(releaseFile, "utf8");
  const before = readFileSync(installed.cloudFile, "utf8");
  rmSync(releaseFile);
  const lost = await deploy(LATER);
  expect(lost.code, lost.stdout + lost.stderr).toBe(2);
  expect(lost.stderr).toContain("release.json has no release of production, and its edge stands");
  expect(lost.stderr.replace(/[\s│╷╵]+/g, " ")).toContain("release.json");
  expect(readFileSync(installed.cloudFile, "utf8")).toBe(before);
  writeFileSync(releaseFile, release);
  const found = await deploy(MENDED);
  expect(found.code, found.stdout + found.stderr).toBe(0);
});

it("leaves the file that says what is live as it was where the gate stops a rollback", LIMIT, async () => {
  const stack = join(folder.path, "cdktf.out/stacks/production");
  writeFileSync(join(folder.path, "headgate.yaml"), LATER);
  await run(process.execPath, [resolve("dist/synth.js")], { cwd: folder.path });
  const earlier = loadCandidate(join(stack, CANDIDATE_FILE));
  const { live } = loadRelease(releaseFile, "production")!;
  writeFileSync(releaseFile, renderReleases(undefined, "production", { live, kept: [earlier] }));
  const before = readFileSync(releaseFile, "utf8");
  const override = losingOverride(stack);
  const stopped = await deploy(MENDED, {}, "--rollback");
  rmSync(override);
  expect(stopped.code, stopped.stdout + stopped.stderr).toBe(1);
  expect(stopped.stdout).toContain("the gate did not pass: nothing was applied");
  expect(readFileSync(releaseFile, "utf8")).toBe(before);
});

it(
  "lets no other version of the tool build what is live in another way, but for who takes it upon himself",
  LIMIT,
  async () => {
    const { live } = loadRelease(releaseFile, "production")!;
    const contract = JSON.parse(
      JSON.stringify(live.contract).replaceAll("public-edge", "outer-edge"),
    ) as typeof live.contract;
    const built = { contract, generations: live.generations, tool: "0.0.9" };
    const stamp = stampOf(built);
    const proof = { stamp, at: "2026-01-31T23:59:59Z", run: "a run of before" };
    writeFileSync(releaseFile, renderReleases(undefined, "production", { live: { stamp, ...built, proof }, kept: [] }));
    const before = readFileSync(installed.cloudFile, "utf8");
    const refused = await deploy(MENDED);
    expect(refused.code, refused.stdout + refused.stderr).toBe(1);
    expect(refused.stdout).toContain("headgate 0.0.9 built what is live, and this is 0.1.0; nothing was applied");
    expect(readFileSync(installed.cloudFile, "utf8")).toBe(before);
    const owned = await deploy(MENDED, { HEADGATE_OVERRIDE: "ops@example.com: new tool" }, "--wait", "1");
    expect(owned.stderr).toContain("OVERRIDDEN by ops@example.com: new tool");
    expect(readFileSync(installed.cloudFile, "utf8")).toContain("outer-edge");
  },
);
