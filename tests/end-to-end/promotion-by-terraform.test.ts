import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PREVIEW_HEADER } from "../../contract/probe-protocol.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { headgate } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { CANDIDATE, PROMISES, REFERENCE } from "../support/reference-versions.ts";
import type { Json } from "../support/reference.ts";
import { SampledProduction, WITNESS_KEY } from "../support/sampled-production.ts";
import { newProject } from "../support/terraform-project.ts";
import type { Project } from "../support/terraform-project.ts";

const LIMIT = { timeout: 120_000 };
const MAP = "google_compute_url_map";
const seed = Number(process.env["HEADGATE_SEED"] ?? 20261121);

let project: Project;
let production: SampledProduction;
/** Stamps of the version that is live first, and of the candidate. */
let [old, candidate] = ["", ""];
/** What the release says of the version that is live first. */
let first: Json;

beforeAll(async () => {
  project = newProject();
  const cloudFile = join(project.folder, "cloud.json");
  production = await SampledProduction.start({ cloudFile, promises: PROMISES, seed, mixMs: 2000 });
  await deploy(REFERENCE);
  project.promote("production", false);
  first = releaseNow().live;
  await production.open();
  old = await production.stamp("public");
}, LIMIT.timeout);

afterAll(async () => {
  await production.close();
  project.remove();
});

/** Synthesizes, applies, and waits until the change is all that is met. Gives the time. */
async function deploy(contract: string): Promise<number> {
  await project.synth(contract);
  await project.apply("production");
  await production.edge.settled();
  return Date.now();
}

async function token(): Promise<string> {
  return (await project.terraform("production", "output", "-raw", "preview-token")).stdout;
}

const releaseFile = (): string => join(project.folder, "release.json");
const releaseNow = (): Json => JSON.parse(readFileSync(releaseFile(), "utf8")).environments.production;

describe(`production of the reference system (HEADGATE_SEED=${seed})`, () => {
  it("meets nothing of a candidate that stands beside it", LIMIT, async () => {
    const from = Date.now();
    await deploy(CANDIDATE);
    expect(new Set(production.stampsSince(from))).toEqual(new Set([old]));
    expect(production.cuts()).toEqual([]);
  });

  it("has a preview edge that answers 404 to everybody, and the candidate's witness to who has its token", async () => {
    expect(await production.met("preview", "websocket")).toMatchObject({ status: 404, revision: undefined });
    const opens: HeaderLine[] = [[PREVIEW_HEADER, await token()]];
    const upgraded = await production.met("preview", "websocket", opens);
    expect(upgraded).toMatchObject({ status: 101, broken: [], revision: expect.stringContaining("backend-witness") });
    candidate = await production.stamp("preview", opens);
    expect(candidate).not.toBe(old);
  });

  it(
    "has a preview edge whose whole matrix is proved live, under the candidate's stamp and no other",
    LIMIT,
    async () => {
      const ca = join(project.folder, "ca.pem");
      writeFileSync(ca, production.edge.ca);
      const url = `https://127.0.0.1:${production.edge.ports.preview}`;
      const at = ["--live", url, "--env", "production", "--edge", "preview", "--ca", ca];
      const env = { HEADGATE_KEY: WITNESS_KEY, HEADGATE_PREVIEW_TOKEN: await token() };
      const probe = (stamp: string): Promise<CliRun> =>
        headgate(["probe", ...at, "--stamp", stamp], { cwd: project.folder, env });
      const proved = await probe(candidate);
      expect(proved.code, proved.stdout + proved.stderr).toBe(0);
      const other = await probe(old);
      expect(other.code, other.stdout + other.stderr).toBe(3);
    },
  );

  it("meets old and new side by side while a promotion spreads, and then the new one alone", LIMIT, async () => {
    const from = Date.now();
    project.promote("production", true);
    await project.synth(CANDIDATE);
    // The map is changed, Terraform is told that it is not, and the other changes take their time.
    const done = project.log().filter(({ operation, type }) => operation === "update" && type === MAP).length;
    const cloud = { HEADGATE_STAND_IN_FAIL: `after update ${MAP}#${done + 1}`, HEADGATE_STAND_IN_DELAY_MS: "10..600" };
    const failed = await project.applyAmid("production", { ...cloud, HEADGATE_STAND_IN_SEED: String(seed) });
    expect(failed.stderr).toContain("Error 503");
    const settled = await deploy(CANDIDATE);
    await delay(500);
    const seen = production.stampsSince(from, settled);
    expect(new Set(seen.slice(seen.indexOf(candidate)))).toEqual(new Set([candidate, old]));
    expect(new Set(production.stampsSince(settled))).toEqual(new Set([candidate]));
    expect(production.cuts()).toEqual([]);
  });

  it("lets the old generation go, and loses the sockets that are still open on it", LIMIT, async () => {
    project.promote("production", false);
    await deploy(CANDIDATE);
    await delay(500);
    expect(production.cuts()).toEqual(Array.from({ length: 5 }, () => expect.stringContaining("closed with 1006")));
    await production.open();
  });

  it("goes back to a release of before, whose generation comes back beside the one that is live", LIMIT, async () => {
    const written: Json = JSON.parse(readFileSync(releaseFile(), "utf8"));
    written.environments.production = { live: first, kept: [{ ...releaseNow().live, until: "2099-01-01T00:00:00Z" }] };
    writeFileSync(releaseFile(), JSON.stringify(written));
    const settled = await deploy(CANDIDATE);
    await delay(500);
    expect(new Set(production.stampsSince(settled))).toEqual(new Set([old]));
    expect(production.cuts()).toEqual([]);
  });

  it("had its header matrix whole at every moment, and each map the generation that belongs to it", async () => {
    await production.expectWhole();
    const [before, after] = [production.backendsUnder(old), production.backendsUnder(candidate)];
    expect([before.length, after.length]).toEqual([1, 1]);
    expect(before).not.toEqual(after);
  });
});
