import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PREVIEW_HEADER } from "../../contract/probe-protocol.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { cloudEdge } from "../support/cloud-edge/cloud-edge.ts";
import type { CloudEdge } from "../support/cloud-edge/cloud-edge.ts";
import { headgate } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { holdSockets } from "../support/held-sockets.ts";
import type { HeldSockets } from "../support/held-sockets.ts";
import type { Json } from "../support/reference.ts";
import { casesOf, sample, startSampler } from "../support/sampler.ts";
import type { Sample, Sampled, Sampler } from "../support/sampler.ts";
import { newProject } from "../support/terraform-project.ts";
import type { Project } from "../support/terraform-project.ts";

const REFERENCE = readFileSync("headgate.yaml", "utf8");
const LIMIT = { timeout: 120_000 };
const seed = Number(process.env["HEADGATE_SEED"] ?? 20261121);

function edited(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`the edit changed nothing: ${String(from)}`);
  return result;
}

const writes = (text: string, value: string): string =>
  edited(edited(text, "value: public-edge,", `value: ${value},`), "^public-edge$", `^${value}$`);

/** Another image of the backend, and another value that the edge writes. */
const CANDIDATE = writes(edited(REFERENCE, /(backend@sha256:)[0-9a-f]/, "$1f"), "public-edge-2");
/** What both versions promise. */
const PROMISES = edited(REFERENCE, "^public-edge$", "^public-edge(-2)?$");

const MAP = "google_compute_url_map";
const SOCKET = "https://api.example.com/ws";

/** How long an old configuration is met beside the new one, in milliseconds. */
const MIX_MS = 2000;

/** Production as users meet it, on Google's edge as it stands in the stand-in's cloud. */
interface Production {
  readonly project: Project;
  readonly edge: CloudEdge;
  readonly sampled: Sampled;
  readonly sampler: Sampler;
  readonly sockets: HeldSockets;
  /** Synthesizes, applies, and waits until the change is all that is met. */
  readonly deploy: (contract: string) => Promise<void>;
}

let production: Production;
/** Stamps of the version that is live first, and of the candidate. */
let [old, candidate] = ["", ""];
/** What the release says of the version that is live first. */
let first: Json;

beforeAll(async () => {
  const project = newProject();
  const key = "key-of-the-witnesses";
  const edge = await cloudEdge({
    cloudFile: join(project.folder, "cloud.json"),
    witnesses: { key },
    clientAddress: "203.0.113.7",
    seed,
    mixMs: MIX_MS,
  });
  const deploy = async (contract: string): Promise<void> => {
    await project.synth(contract);
    await project.apply("production");
    await edge.settled();
  };
  await deploy(REFERENCE);
  project.promote("production", false);
  const sampled = { port: edge.ports.public, ca: edge.ca, key, contract: PROMISES, environment: "production" };
  const sockets = await holdSockets(5, { ...sampled, url: SOCKET });
  production = { project, edge, sampled, sampler: startSampler(sampled), sockets, deploy };
  first = releaseNow().live;
  old = stampIn(await met("public", "http"));
}, LIMIT.timeout);

afterAll(async () => {
  await production.sampler.stop();
  await production.sockets.close();
  await production.edge.close();
  production.project.remove();
});

/** One request to the API, as the far side and the client saw it. */
function met(edge: "public" | "preview", protocol: Sample["protocol"], lines: HeaderLine[] = []): Promise<Sample> {
  const { sampled, edge: at } = production;
  const planned = casesOf(sampled).find((each) => each.protocol === protocol && each.path === "/ws")!;
  return sample(planned, { ...sampled, port: at.ports[edge] }, lines);
}

function stampIn({ stamp, ...rest }: Sample): string {
  expect(stamp, JSON.stringify(rest)).toMatch(/^[0-9a-f]{64}$/);
  return stamp!;
}

/** Samples from a time on, or between two, in the order in which they were sent. */
function samplesFrom(from: number, until = Number.POSITIVE_INFINITY): Sample[] {
  return production.sampler.samples
    .filter(({ at, stamp }) => at >= from && at < until && stamp !== undefined)
    .sort((one, other) => one.at - other.at);
}

const stamps = (samples: readonly Sample[]): string[] =>
  [...new Set(samples.map(({ stamp }) => stamp!))].sort((one) => (one === old ? -1 : 1));

/** Ends of the sockets that have ended. */
const ends = (): string[] => production.sockets.sockets.flatMap(({ end }) => end() ?? []);

describe(`production of the reference system (HEADGATE_SEED=${seed})`, () => {
  it("meets nothing of a candidate that stands beside it", LIMIT, async () => {
    const from = Date.now();
    await production.deploy(CANDIDATE);
    expect(stamps(samplesFrom(from))).toEqual([old]);
    expect(ends()).toEqual([]);
  });

  it("has a preview edge that answers 404 to everybody, and the candidate's witness to who has its token", async () => {
    expect(await met("preview", "websocket")).toMatchObject({ status: 404, revision: undefined });
    const shown = await production.project.terraform("production", "output", "-raw", "preview-token");
    const token: HeaderLine[] = [[PREVIEW_HEADER, shown.stdout]];
    const upgraded = await met("preview", "websocket", token);
    expect(upgraded).toMatchObject({ status: 101, broken: [], revision: expect.stringContaining("backend-witness") });
    candidate = stampIn(await met("preview", "http", token));
    expect(candidate).not.toBe(old);
  });

  it(
    "has a preview edge whose whole matrix is proved live, under the candidate's stamp and no other",
    LIMIT,
    async () => {
      const { project, edge, sampled } = production;
      const ca = join(project.folder, "ca.pem");
      writeFileSync(ca, edge.ca);
      const { stdout: token } = await project.terraform("production", "output", "-raw", "preview-token");
      const at = ["--live", `https://127.0.0.1:${edge.ports.preview}`, "--env", "production", "--edge", "preview"];
      const probe = (stamp: string): Promise<CliRun> =>
        headgate(["probe", ...at, "--ca", ca, "--stamp", stamp], {
          cwd: project.folder,
          env: { HEADGATE_KEY: sampled.key, HEADGATE_PREVIEW_TOKEN: token },
        });
      const proved = await probe(candidate);
      expect(proved.code, proved.stdout + proved.stderr).toBe(0);
      const other = await probe(old);
      expect(other.code, other.stdout + other.stderr).toBe(3);
    },
  );

  it("meets old and new side by side while a promotion spreads, and then the new one alone", LIMIT, async () => {
    const from = Date.now();
    const { project } = production;
    project.promote("production", true);
    await project.synth(CANDIDATE);
    // The map is changed, Terraform is told that it is not, and the other changes take their time.
    const done = project.log().filter(({ operation, type }) => operation === "update" && type === MAP).length;
    const cloud = { HEADGATE_STAND_IN_FAIL: `after update ${MAP}#${done + 1}`, HEADGATE_STAND_IN_DELAY_MS: "10..600" };
    const failed = await project.applyAmid("production", { ...cloud, HEADGATE_STAND_IN_SEED: String(seed) });
    expect(failed.stderr).toContain("Error 503");
    await production.deploy(CANDIDATE);
    const settled = Date.now();
    await delay(500);
    const seen = samplesFrom(from, settled);
    const spreading = seen.slice(seen.findIndex(({ stamp }) => stamp === candidate));
    expect(stamps(spreading)).toEqual([old, candidate]);
    expect(stamps(samplesFrom(settled))).toEqual([candidate]);
    expect(ends(), "open sockets").toEqual([]);
  });

  it("lets the old generation go, and loses the sockets that are still open on it", LIMIT, async () => {
    production.project.promote("production", false);
    await production.deploy(CANDIDATE);
    await delay(500);
    expect(ends()).toEqual(Array.from({ length: 5 }, () => expect.stringContaining("closed with 1006")));
    await production.sockets.close();
    const { sampled } = production;
    production = { ...production, sockets: await holdSockets(5, { ...sampled, url: SOCKET }) };
  });

  it("goes back to a release of before, whose generation comes back beside the one that is live", LIMIT, async () => {
    writeRelease({ live: first, kept: [releaseNow().live] });
    await production.deploy(CANDIDATE);
    const settled = Date.now();
    await delay(500);
    expect(stamps(samplesFrom(settled))).toEqual([old]);
    expect(ends(), "open sockets").toEqual([]);
  });

  it("had its header matrix whole at every moment, and each map the generation that belongs to it", async () => {
    const samples = await production.sampler.stop();
    const { skipped } = production.sampler;
    expect(samples.filter(({ broken }) => broken.length > 0).map(wordsOf)).toEqual([]);
    expect(longestGapMs(samples), `${samples.length} samples, ${skipped()} left out`).toBeLessThan(3000);
    const answered = (stamp: string): string[] => [
      ...new Set(samples.filter((each) => each.stamp === stamp).flatMap(({ revision }) => revision ?? [])),
    ];
    const backends = [old, candidate].map((stamp) => answered(stamp).filter((each) => each.includes("-backend-")));
    expect(backends.map(({ length }) => length)).toEqual([1, 1]);
    expect(backends[0]).not.toEqual(backends[1]);
  });
});

function releaseNow(): Json {
  return JSON.parse(readFileSync(releaseFile(), "utf8")).environments.production;
}

function writeRelease(release: Json): void {
  const written: Json = JSON.parse(readFileSync(releaseFile(), "utf8"));
  written.environments.production = release;
  writeFileSync(releaseFile(), JSON.stringify(written, null, 2));
}

const releaseFile = (): string => join(production.project.folder, "release.json");

const wordsOf = ({ at, id, status, refusal, broken }: Sample): string =>
  `${new Date(at).toISOString()} ${id}: ${status} ${refusal} ${broken[0]}`;

function longestGapMs(samples: readonly Sample[]): number {
  const times = samples.map(({ at }) => at).sort((one, other) => one - other);
  return Math.max(...times.slice(1).map((at, index) => at - times[index]!));
}
