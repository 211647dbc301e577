import type { ChildProcess } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeployRecord } from "../../probes/facts/deployed.ts";
import { VICTIMS, blowsFrom, healed, struck } from "../support/blow.ts";
import { cloudEdge } from "../support/cloud-edge/cloud-edge.ts";
import type { CloudEdge } from "../support/cloud-edge/cloud-edge.ts";
import { headgate, run } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { childrenOf, gone } from "../support/process-tree.ts";
import { expectPublished } from "../support/published-schema.ts";
import { temporaryFolder } from "../support/reference.ts";
import { CANDIDATE, PROMISES, REFERENCE } from "../support/reference-versions.ts";
import { casesOf, sample } from "../support/sampler.ts";
import { readLog } from "../support/stand-in-google/cloud.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";

const KEY = "key-of-the-witnesses";
const LIMIT = { timeout: 240_000 };

/** Changes of the cloud that a deploy from one contract to the other makes. */
const CHANGES = 6;
const PHASES = ["synth and gate", "plan", "look at the public edge"] as const;

const blows = blowsFrom(
  [
    { seed: 1, victim: "terraform and its provider", at: 1, lateMs: 120 },
    { seed: 3, victim: "headgate", at: 2, lateMs: 50 },
    { seed: 4, victim: "all of them", at: 3, lateMs: 0 },
  ],
  (draw) => {
    const moment = draw(CHANGES + PHASES.length);
    const at = moment < CHANGES ? moment : PHASES[moment - CHANGES]!;
    const victim = at === "look at the public edge" ? "headgate" : VICTIMS[draw(VICTIMS.length)]!;
    return { victim, at, lateMs: draw(500) };
  },
);

let folder: ReturnType<typeof temporaryFolder>;
let installed: ReturnType<typeof installStandIn>;
let edge: CloudEdge;
let stack: string;
let deployed = REFERENCE;

beforeAll(async () => {
  folder = temporaryFolder();
  installed = installStandIn(folder.path);
  stack = join(folder.path, "cdktf.out/stacks/staging");
  edge = await cloudEdge({ cloudFile: installed.cloudFile, witnesses: { key: KEY }, clientAddress: "203.0.113.7" });
  writeFileSync(join(folder.path, "ca.pem"), edge.ca);
  const first = await deploy(REFERENCE);
  expect(first.code, first.stdout + first.stderr).toBe(0);
}, LIMIT.timeout);
afterAll(async () => {
  await edge.close();
  folder.remove();
});

type Env = Record<string, string>;

function deploy(contract: string, env: Env = {}, onStart?: (child: ChildProcess) => void): Promise<CliRun> {
  writeFileSync(join(folder.path, "headgate.yaml"), contract);
  const at = ["--edge", `public=https://127.0.0.1:${edge.ports.public}`, "--ca", "ca.pem"];
  const formats = ["--format", "text", "--format", "json=deploy.json"];
  return headgate(["deploy", "staging", "--terraform", ...at, ...formats], {
    cwd: folder.path,
    env: { ...installed.env, HEADGATE_KEY: KEY, ...env },
    ...(onStart !== undefined && { onStart }),
  });
}

/** Every declared header, on every route, as a client meets the edge now. */
async function expectHeadersToSurvive(): Promise<void> {
  await edge.settled();
  const sampled = { port: edge.ports.public, ca: edge.ca, key: KEY, contract: PROMISES, environment: "staging" };
  for (const planned of casesOf(sampled)) expect(await sample(planned, sampled)).toMatchObject({ broken: [] });
}

const stateFile = (): string => join(folder.path, "terraform.staging.tfstate");

function record(): DeployRecord {
  const document = JSON.parse(readFileSync(join(folder.path, "deploy.json"), "utf8")) as DeployRecord;
  expectPublished("deploy", document);
  return document;
}

/** Deploys once more; where that cannot be, by the commands that it prints. */
function heal(contract: string): Promise<string[]> {
  return healed(
    () => deploy(contract),
    () => record().remedies,
    async (remedy) => {
      const done = await run("sh", ["-c", remedy], { cwd: folder.path, env: installed.env });
      expect(done.code, `${remedy}\n${done.stdout}${done.stderr}`).toBe(0);
    },
  );
}

describe("a deploy that is killed", () => {
  it.each(blows)(
    "leaves an edge that keeps every header, and what the next one heals: $victim at $at + $lateMs ms (seed $seed)",
    LIMIT,
    async (blow) => {
      const contract = deployed === REFERENCE ? CANDIDATE : REFERENCE;
      await struck((env, onStart) => deploy(contract, env, onStart), blow, installed.cloudFile);
      await expectHeadersToSurvive();
      await heal(contract);
      deployed = contract;
      expect(record()).toMatchObject({ verdict: "pass", remedies: [] });
      const again = await run("terraform", ["plan", "-detailed-exitcode"], { cwd: stack, env: installed.env });
      expect(again.code, again.stdout).toBe(0);
      expect(readdirSync(stack).filter((name) => name.includes("plan"))).toEqual([]);
      await expectHeadersToSurvive();
    },
  );

  it("is taken up by the import that is printed where something was made and nobody heard of it", LIMIT, async () => {
    const contract = deployed === REFERENCE ? CANDIDATE : REFERENCE;
    const type = "google_compute_backend_service";
    const made = readLog(installed.cloudFile).filter((each) => each.operation === "create" && each.type === type);
    const lost = await deploy(contract, { HEADGATE_STAND_IN_FAIL: `after create ${type}#${made.length + 1}` });
    expect(lost.code, lost.stdout + lost.stderr).toBe(3);
    await expectHeadersToSurvive();
    const carriedOut = await heal(contract);
    deployed = contract;
    expect(carriedOut).toEqual([expect.stringContaining(` import ${type}.`)]);
    await expectHeadersToSurvive();
  });

  it("makes nothing a second time from a state that was emptied to be written anew", LIMIT, async () => {
    writeFileSync(join(folder.path, "terraform.staging.tfstate.backup"), readFileSync(stateFile()));
    writeFileSync(stateFile(), "");
    const asked = readLog(installed.cloudFile).length;
    const carriedOut = await heal(deployed);
    expect(carriedOut).toEqual([expect.stringMatching(/^cp \S+\.backup \S+ {2}#/)]);
    expect(readLog(installed.cloudFile)).toHaveLength(asked);
  });

  it("tells whoever deploys while an orphaned Terraform is still at work how to wait for it", LIMIT, async () => {
    const contract = deployed === REFERENCE ? CANDIDATE : REFERENCE;
    let orphans: number[] = [];
    await deploy(contract, { HEADGATE_STAND_IN_DELAY_MS: "4000" }, (child) => {
      let heard = "";
      child.stderr!.on("data", (text: Buffer) => {
        heard += text.toString();
        if (orphans.length > 0 || !/Modifying\.\.\.|Creating\.\.\./.test(heard)) return;
        orphans = childrenOf(child.pid!);
        child.kill("SIGKILL");
      });
    });
    const carriedOut = await heal(contract);
    deployed = contract;
    expect(carriedOut[0]).toContain("plan -lock-timeout=10m");
    await gone(orphans);
    await expectHeadersToSurvive();
  });
});
