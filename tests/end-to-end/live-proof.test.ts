import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { proofOf } from "../../contract/live-proof.ts";
import type { LiveProof } from "../../contract/live-proof.ts";
import { promoted, renderReleases, rolledBack } from "../../contract/release-moves.ts";
import { CANDIDATE_FILE, RELEASE_FILE, loadCandidate, loadRelease } from "../../contract/release.ts";
import type { Release, ReleaseEntry } from "../../contract/release.ts";
import { edit } from "../support/builders.ts";
import { expectBlocked, gatedProject, said } from "../support/gated-project.ts";
import type { GatedProject } from "../support/gated-project.ts";
import { writePass } from "../support/receipts.ts";
import type { TerraformRun } from "../support/stand-in-google/terraform.ts";

/** The environment `live` of it has a preview edge. */
const SYSTEM = readFileSync("tests/stacks/contracts/two-environments.yaml", "utf8");
const CHANGED = edit(SYSTEM, "paths: [/ws]", "paths: [/ws, /ws/*]");
const LIMIT = { timeout: 240_000 };
const NOW = new Date();

let project: GatedProject;
let first: ReleaseEntry;
let next: ReleaseEntry;

const releaseFile = (): string => join(project.folder, RELEASE_FILE);
const candidate = (): ReleaseEntry => loadCandidate(join(project.stack, CANDIDATE_FILE));
const release = (): Release => loadRelease(releaseFile(), "live")!;
const write = (released: Release): void => writeFileSync(releaseFile(), renderReleases(undefined, "live", released));
const proofFor = ({ stamp }: ReleaseEntry): LiveProof => proofOf("live", { stamp, run: "r1", at: NOW }, {});
const terraform = (...args: string[]): Promise<TerraformRun> => project.terraform("live", ...args);
const apply = (...args: string[]): Promise<TerraformRun> => terraform("apply", "-auto-approve", ...args);
const blocked = (run: () => Promise<TerraformRun>, words: string | RegExp): Promise<void> =>
  expectBlocked(project, run, words);

/** Synth, and a receipt of the gate that has passed, with a live proof or none. */
async function synth(contract: string, live?: LiveProof): Promise<void> {
  await project.synth(contract);
  writePass(project.stack, { live });
}

async function applied(): Promise<void> {
  const result = await apply();
  expect(result.exitCode, said(result)).toBe(0);
  writePass(project.stack, { live: project.receipt().live });
  expect(await project.plan("live")).toEqual({});
}

/** Stamp that the public edge answers with, as the cloud has it. */
const answers = (): string => {
  const maps = Object.values(project.cloud().resources).map((resource) => JSON.stringify(resource));
  return [first, next]
    .filter(({ stamp }) => maps.some((map) => map.includes(stamp) && !map.includes("-preview")))
    .map(({ stamp }) => (stamp === first.stamp ? "first" : "next"))
    .join();
};

beforeAll(async () => {
  project = gatedProject("live");
  await synth(SYSTEM);
  first = candidate();
  await applied();
}, 240_000);
afterAll(() => project.remove());

// One production, from its first apply to its end: each test goes on from where the one before it came to.
describe("before anything was released", () => {
  it("takes no other contract than the one that was applied first", LIMIT, async () => {
    await synth(CHANGED);
    next = candidate();
    const words = new RegExp(
      `was not probed where it runs: its stamp is ${next.stamp.slice(0, 12)}…, and the receipt has a live proof of nothing. Put the release.json of the last promotion back, or promote: npx headgate deploy live`,
    );
    await blocked(apply, words);
    const map = Object.keys(project.json("live").resource.google_compute_url_map).find((id) =>
      id.startsWith("routing"),
    );
    await blocked(() => apply(`-target=google_compute_url_map.${map}`), words);
    const service = Object.keys(project.json("live").resource.google_cloud_run_v2_service).find((id) =>
      id.startsWith("service-api"),
    );
    await blocked(() => apply(`-target=google_cloud_run_v2_service.${service}`), words);
    await blocked(() => terraform("plan", "-out=next.plan"), words);
    expect(answers()).toBe("first");
  });
});

describe("a candidate", () => {
  it("stands beside what was applied first, which needs no proof", LIMIT, async () => {
    write(promoted(undefined, first, NOW));
    await synth(CHANGED);
    await applied();
    expect(answers()).toBe("first");
  });

  it("does not become live by an edit of the release", LIMIT, async () => {
    write(promoted(release(), next, NOW));
    await synth(CHANGED);
    await blocked(apply, "the receipt has a live proof of nothing");
  });

  it("does not become live by the proof of another release", LIMIT, async () => {
    await synth(CHANGED, proofFor(first));
    await blocked(apply, `the receipt has a live proof of ${first.stamp.slice(0, 12)}.`);
  });

  it("may become live where a person takes it upon them, and says so in the plan", LIMIT, async () => {
    writePass(project.stack, { override: { owner: "ops@example.com", reason: "outage" } });
    const planned = await terraform("plan");
    expect(planned.exitCode, said(planned)).toBe(0);
    expect(said(planned)).toContain("OVERRIDDEN by ops@example.com: outage");
  });

  it("becomes live with its own proof", LIMIT, async () => {
    await synth(CHANGED, proofFor(next));
    await applied();
    expect(answers()).toBe("next");
  });
});

describe("what is live", () => {
  it(
    "is not replaced when the release is gone: not by the contract, not by what was there before it",
    LIMIT,
    async () => {
      rmSync(releaseFile());
      const other = edit(CHANGED, "name: X-User-Id", "name: X-User-Key");
      await synth(other, proofFor(next));
      await blocked(apply, "was not probed where it runs");
      expect(existsSync(releaseFile())).toBe(false);
    },
  );

  it("goes back to what was applied first, and forward again to what was proved", LIMIT, async () => {
    const proved = { ...next, proof: proofFor(next) };
    write(rolledBack(promoted(promoted(undefined, first, NOW), proved, NOW), NOW)!);
    await synth(CHANGED);
    await applied();
    expect(answers()).toBe("first");
    write(promoted(release(), proved, NOW));
    await synth(CHANGED, release().live.proof);
    await applied();
    expect(answers()).toBe("next");
  });
});

it("never stands in the way of whoever looks, refreshes or destroys, however little is proved", LIMIT, async () => {
  write({ live: candidate(), kept: [] });
  await synth(edit(CHANGED, "name: X-User-Id", "name: X-User-Key"));
  for (const args of [["plan", "-destroy"], ["plan", "-refresh-only"], ["output"], ["state", "list"]]) {
    const result = await terraform(...args);
    expect(result.exitCode, `${args.join(" ")}: ${said(result)}`).toBe(0);
  }
  rmSync(project.receiptFile);
  const destroyed = await terraform("destroy", "-auto-approve");
  expect(destroyed.exitCode, said(destroyed)).toBe(0);
  expect(project.cloud().resources).toEqual({});
});
