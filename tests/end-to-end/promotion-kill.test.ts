import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeployRecord } from "../../probes/facts/deployed.ts";
import { VICTIMS, blowsFrom, healed, struck } from "../support/blow.ts";
import { cloudEdge } from "../support/cloud-edge/cloud-edge.ts";
import type { CloudEdge } from "../support/cloud-edge/cloud-edge.ts";
import { headgate, run } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { temporaryFolder } from "../support/reference.ts";
import { CANDIDATE, PROMISES, REFERENCE } from "../support/reference-versions.ts";
import { casesOf, sample } from "../support/sampler.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";

const KEY = "key-of-the-witnesses";
const LIMIT = { timeout: 300_000 };

/** Phases in which production is what it was, and those after which it may be the candidate. */
const BEFORE = ["synth and gate", "plan", "apply: candidate", "look at the preview edge"] as const;
const AFTER = ["apply: promotion", "look at the public edge"] as const;
const PHASES = [...BEFORE, ...AFTER];

const blows = blowsFrom(
  [
    { seed: 2, victim: "headgate", at: "look at the preview edge", lateMs: 300 },
    { seed: 3, victim: "terraform and its provider", at: "apply: promotion", lateMs: 350 },
  ],
  (draw) => {
    const at = PHASES[draw(PHASES.length)]!;
    return { at, victim: at.startsWith("look") ? "headgate" : VICTIMS[draw(VICTIMS.length)]!, lateMs: draw(900) };
  },
);

let folder: ReturnType<typeof temporaryFolder>;
let installed: ReturnType<typeof installStandIn>;
let edge: CloudEdge;
let deployed = REFERENCE;

beforeAll(async () => {
  folder = temporaryFolder();
  installed = installStandIn(folder.path);
  edge = await cloudEdge({ cloudFile: installed.cloudFile, witnesses: { key: KEY }, clientAddress: "203.0.113.7" });
  writeFileSync(join(folder.path, "ca.pem"), edge.ca);
  const first = await deploy(REFERENCE);
  expect(first.code, first.stdout + first.stderr).toBe(0);
}, LIMIT.timeout);
afterAll(async () => {
  await edge.close();
  folder.remove();
});

function deploy(
  contract: string,
  env: Record<string, string> = {},
  onStart?: (child: ChildProcess) => void,
): Promise<CliRun> {
  writeFileSync(join(folder.path, "headgate.yaml"), contract);
  const edges = (["public", "preview"] as const).flatMap((name) => [
    "--edge",
    `${name}=https://127.0.0.1:${edge.ports[name]}`,
  ]);
  const formats = ["--format", "text", "--format", "json=deploy.json"];
  return headgate(["deploy", "production", "--terraform", ...edges, "--ca", "ca.pem", ...formats], {
    cwd: folder.path,
    env: { ...installed.env, HEADGATE_KEY: KEY, ...env },
    ...(onStart !== undefined && { onStart }),
  });
}

function record(): DeployRecord {
  return JSON.parse(readFileSync(join(folder.path, "deploy.json"), "utf8")) as DeployRecord;
}

/** Every declared header on every route, as a client meets production now; the stamps that it answers. */
async function met(): Promise<string[]> {
  await edge.settled();
  const sampled = { port: edge.ports.public, ca: edge.ca, key: KEY, contract: PROMISES, environment: "production" };
  const stamps = new Set<string>();
  for (const planned of casesOf(sampled)) {
    const seen = await sample(planned, sampled);
    expect(seen).toMatchObject({ broken: [] });
    if (seen.stamp !== undefined) stamps.add(seen.stamp);
  }
  return [...stamps];
}

describe("a promotion that is killed", () => {
  it.each(blows)(
    "leaves production what it was or what was proved, whole, and the next one heals: $victim at $at + $lateMs ms (seed $seed)",
    LIMIT,
    async (blow) => {
      const before = await met();
      const contract = deployed === REFERENCE ? CANDIDATE : REFERENCE;
      await struck((env, onStart) => deploy(contract, env, onStart), blow, installed.cloudFile);
      const now = await met();
      expect(now).toHaveLength(1);
      if (BEFORE.some((phase) => phase === blow.at)) expect(now).toEqual(before);
      await healed(
        () => deploy(contract),
        () => record().remedies,
        async (remedy) => {
          const done = await run("sh", ["-c", remedy], { cwd: folder.path, env: installed.env });
          expect(done.code, `${remedy}\n${done.stdout}${done.stderr}`).toBe(0);
        },
      );
      deployed = contract;
      const { verdict, after } = record();
      expect({ verdict, stamps: await met() }).toEqual({ verdict: "pass", stamps: [after!.stamp] });
      expect([after!.stamp]).not.toEqual(before);
      const stack = join(folder.path, "cdktf.out/stacks/production");
      const again = await terraform(stack, ["plan", "-detailed-exitcode"], installed.env);
      expect(again.exitCode, again.stdout + again.stderr).toBe(0);
    },
  );
});
