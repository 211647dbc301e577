import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { headgate } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { CANDIDATE, PROMISES, REFERENCE } from "../support/reference-versions.ts";
import { temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { SampledProduction, WITNESS_KEY } from "../support/sampled-production.ts";
import { readLog } from "../support/stand-in-google/cloud.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";

const LIMIT = { timeout: 240_000 };
const seed = Number(process.env["HEADGATE_SEED"] ?? 20261121);

let folder: ReturnType<typeof temporaryFolder>;
let installed: ReturnType<typeof installStandIn>;
let production: SampledProduction;
/** Certificates are issued at these times. */
const readyAt = { public: Number.POSITIVE_INFINITY, preview: 0 };
/** Stamp of the version that is live first, and of the other one. */
let [old, next] = ["", ""];

beforeAll(async () => {
  folder = temporaryFolder();
  installed = installStandIn(folder.path);
  const { cloudFile } = installed;
  production = await SampledProduction.start({ cloudFile, promises: PROMISES, seed, mixMs: 1500, readyAt });
  writeFileSync(join(folder.path, "ca.pem"), production.edge.ca);
});
afterAll(async () => {
  await production.close();
  folder.remove();
});

function deploy(contract: string, ...more: readonly string[]): Promise<CliRun> {
  writeFileSync(join(folder.path, "headgate.yaml"), contract);
  const { ports } = production.edge;
  const edges = (["public", "preview"] as const).flatMap((edge) => [
    "--edge",
    `${edge}=https://127.0.0.1:${ports[edge]}`,
  ]);
  const env = { ...installed.env, HEADGATE_KEY: WITNESS_KEY };
  return headgate(["deploy", "production", "--terraform", ...edges, "--ca", "ca.pem", "--wait", "30", ...more], {
    cwd: folder.path,
    env,
  });
}

/** How a deploy ended, with all it said where it ended otherwise. */
async function deploys(code: number, contract: string, ...more: readonly string[]): Promise<CliRun> {
  const run = await deploy(contract, ...more);
  expect(run.code, run.stdout + run.stderr).toBe(code);
  return run;
}

/** What stands, and what says it: of the file of releases all but the times. */
const standing = (): string => readFileSync(installed.cloudFile, "utf8");
const changes = (): number => readLog(installed.cloudFile).length;
const release = (): Json => JSON.parse(readFileSync(join(folder.path, "release.json"), "utf8")).environments.production;

/** Does it once more: nothing may change by that. */
async function again(code: number, contract: string, ...more: readonly string[]): Promise<void> {
  const before = [standing(), changes(), release().live.stamp];
  await deploys(code, contract, ...more);
  expect([standing(), changes(), release().live.stamp]).toEqual(before);
}

describe(`headgate deploy production (HEADGATE_SEED=${seed})`, () => {
  it("deploys first, and ends with what is missing while the certificate is being issued", LIMIT, async () => {
    const first = await deploys(3, REFERENCE, "--wait", "3");
    expect(first.stdout + first.stderr).toContain("edge not ready");
    expect(first.stdout).toContain("records of the edge:");
    expect(release().live.proof).toBeUndefined();
    readyAt.public = 0;
    await again(0, REFERENCE);
    old = await production.stamp("public");
    expect(release().live.stamp).toBe(old);
    await production.open();
  });

  it("leaves production as it is where the candidate's edge loses a header when it runs", LIMIT, async () => {
    const from = Date.now();
    await production.edge.plant(({ resources }) => {
      const map: Json = Object.values(resources).find(({ id }) => id.endsWith("/urlMaps/reference-production-preview"));
      map.body.header_action[0].request_headers_to_remove.push("Authorization");
    });
    const bad = await deploys(1, CANDIDATE);
    expect(bad.stdout + bad.stderr).toContain("the preview edge did not pass");
    await again(1, CANDIDATE);
    expect(new Set(production.stampsSince(from))).toEqual(new Set([old]));
    expect(release().live.stamp).toBe(old);
    await production.edge.plant(undefined);
  });

  it("goes on from the contract of before as if nothing had been", LIMIT, async () => {
    await deploys(0, REFERENCE);
    await again(0, REFERENCE);
    expect(await production.stamp("public")).toBe(old);
  });

  it("promotes what passed, once, and cuts nobody off", LIMIT, async () => {
    const good = await deploys(0, CANDIDATE);
    expect(good.stdout).toContain("deployed production");
    next = await production.stamp("public");
    expect(next).not.toBe(old);
    expect(release()).toMatchObject({ live: { stamp: next, proof: { stamp: next } }, kept: [{ stamp: old }] });
    await again(0, CANDIDATE);
    expect(production.cuts()).toEqual([]);
  });

  it("goes back to what is kept, once, and cuts nobody off", LIMIT, async () => {
    await deploys(0, CANDIDATE, "--rollback");
    await production.edge.settled();
    expect(await production.stamp("public")).toBe(old);
    await again(0, CANDIDATE, "--rollback");
    expect(release()).toMatchObject({ live: { stamp: old }, kept: [{ stamp: next }] });
    expect(production.cuts()).toEqual([]);
  });

  it("had production's header matrix whole at every moment", async () => {
    await production.expectWhole();
    expect(production.backendsUnder(old)).toHaveLength(1);
    expect(production.backendsUnder(next)).toHaveLength(1);
  });
});
