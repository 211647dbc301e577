import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { proofOf } from "../../contract/live-proof.ts";
import type { ProofKeys } from "../../contract/live-proof.ts";
import { parseReceipt } from "../../contract/receipt.ts";
import { hasMac, isSignedBy } from "../../contract/receipt-seal.ts";
import { renderReleases } from "../../contract/release-moves.ts";
import { CANDIDATE_FILE, RELEASE_FILE, loadCandidate } from "../../contract/release.ts";
import type { ReleaseEntry } from "../../contract/release.ts";
import type { CliRun } from "../support/cli.ts";
import { gatedProject } from "../support/gated-project.ts";
import type { GatedProject } from "../support/gated-project.ts";
import { keyPair } from "../support/receipts.ts";

/** The environment `live` of it has a preview edge. */
const SYSTEM = readFileSync("tests/stacks/contracts/two-environments.yaml", "utf8");
const LIMIT = { timeout: 120_000 };
const KEY = "a key of the pipeline";
const KEYS = { key: KEY, ...keyPair() };
const PUBLIC = { HEADGATE_RECEIPT_PUBLIC_KEY: KEYS.publicKey };
const SIGNING = { ...PUBLIC, HEADGATE_RECEIPT_PRIVATE_KEY: KEYS.privateKey };
const KEPT = /^live: kept the signed receipt of .*: pass, \d+ checks passed$/m;

let project: GatedProject;
let candidate: ReleaseEntry;
const record = (env?: Record<string, string>): Promise<CliRun> => project.record(env, "--env", "live");
const releaseFile = (): string => join(project.folder, RELEASE_FILE);

/** A release in which the contract as it stands is live, with a proof under some keys or none. */
function released(keys?: ProofKeys): void {
  const proof = keys && proofOf("live", { stamp: candidate.stamp, run: "r1", at: new Date() }, keys);
  writeFileSync(releaseFile(), renderReleases(undefined, "live", { live: { ...candidate, proof }, kept: [] }));
}

beforeAll(async () => {
  project = gatedProject("live");
  await project.synth(SYSTEM);
  candidate = loadCandidate(join(project.stack, CANDIDATE_FILE));
}, 60_000);
beforeEach(() => {
  rmSync(project.receiptFile, { force: true });
  rmSync(releaseFile(), { force: true });
});
afterAll(() => project.remove());

describe("a signed receipt", () => {
  it("stays until somebody looks at something else: another contract, another key", LIMIT, async () => {
    const made = await record({ ...SIGNING, HEADGATE_RECEIPT_KEY: KEY });
    expect(made.stdout, made.stderr).toMatch(/^live: pass, /);
    const text = readFileSync(project.receiptFile, "utf8");
    const receipt = parseReceipt(text, "x");
    expect(isSignedBy(receipt, KEYS.publicKey)).toBe(true);
    expect(hasMac(receipt, KEY)).toBe(true);

    // Who cannot sign keeps it, byte for byte.
    const kept = await record(PUBLIC);
    expect(kept.stdout, kept.stderr).toMatch(KEPT);
    expect(readFileSync(project.receiptFile, "utf8")).toBe(text);

    const other = await record({ HEADGATE_RECEIPT_PUBLIC_KEY: keyPair().publicKey });
    expect(other.stdout).toMatch(/^live: pass, /);
    expect(project.receipt().signature).toBeUndefined();

    writeFileSync(project.receiptFile, text);
    writeFileSync(join(project.folder, "headgate.yaml"), `${SYSTEM}# another contract\n`);
    const changed = await record(PUBLIC);
    writeFileSync(join(project.folder, "headgate.yaml"), SYSTEM);
    expect(changed.stdout).toMatch(/^live: pass, /);
  });
});

describe("a live proof in the release", () => {
  it("stands in the receipt where it counts, sealed with the keys at hand", LIMIT, async () => {
    released(KEYS);
    const { code, stderr } = await record({ ...SIGNING, HEADGATE_RECEIPT_KEY: KEY });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(project.receipt().live).toMatchObject({ stamp: candidate.stamp, run: "r1" });
    expect(hasMac(parseReceipt(readFileSync(project.receiptFile, "utf8"), "x"), KEY)).toBe(true);
  });

  it.each<[string, ProofKeys | undefined, RegExp]>([
    [
      "is missing",
      undefined,
      /^headgate: live is not proved live: release\.json has no live proof of it, so Terraform takes it only as what was applied first$/m,
    ],
    [
      "is sealed with another key",
      { key: "another key, as long" },
      /^headgate: live is not proved live: the live proof in release\.json does not count: it is sealed with another key, or was changed$/m,
    ],
  ])("is left out where it %s, which an override may be for", LIMIT, async (_, keys, says) => {
    released(keys);
    const { code, stderr } = await record({ HEADGATE_RECEIPT_KEY: KEY });
    expect(code).toBe(0);
    expect(stderr).toMatch(says);
    expect(project.receipt()).toMatchObject({ verdict: "pass" });
    expect(project.receipt()).not.toHaveProperty("live");
    expect(project.receipt()).not.toHaveProperty("override");
    await record({ HEADGATE_RECEIPT_KEY: KEY, HEADGATE_OVERRIDE: "ops@example.com: outage" });
    expect(project.receipt()).toMatchObject({ verdict: "pass", override: { owner: "ops@example.com" } });
  });

  it("is not asked for before the first apply, and an override of nothing is not written", LIMIT, async () => {
    const { stderr } = await record({ HEADGATE_OVERRIDE: "ops@example.com: outage" });
    expect(stderr).toBe("");
    expect(project.receipt()).not.toHaveProperty("override");
  });
});
