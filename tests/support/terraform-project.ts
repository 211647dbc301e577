import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { proofOf } from "../../contract/live-proof.ts";
import { promoted, renderReleases } from "../../contract/release-moves.ts";
import { CANDIDATE_FILE, RELEASE_FILE, loadCandidate, loadRelease } from "../../contract/release.ts";
import { run } from "./cli.ts";
import { temporaryFolder } from "./reference.ts";
import type { Json } from "./reference.ts";
import { writePass } from "./receipts.ts";
import { readCloud, readLog } from "./stand-in-google/cloud.ts";
import type { Cloud, LogEntry } from "./stand-in-google/cloud.ts";
import { installStandIn } from "./stand-in-google/install.ts";
import { terraform } from "./stand-in-google/terraform.ts";
import type { TerraformRun } from "./stand-in-google/terraform.ts";

/** A project folder with a contract, the stand-in for Google Cloud, and the real Terraform. */
export interface Project {
  readonly folder: string;
  /** Writes the contract and synthesizes it with the published bundle. */
  readonly synth: (contract: string) => Promise<void>;
  readonly terraform: (environment: string, ...args: string[]) => Promise<TerraformRun>;
  /** Applies, and fails with what Terraform said unless that went through. */
  readonly apply: (environment: string) => Promise<void>;
  /** Applies while the cloud does what `HEADGATE_STAND_IN_…` say, and gives how that ended. */
  readonly applyAmid: (environment: string, cloud: Readonly<Record<string, string>>) => Promise<TerraformRun>;
  /** What a plan would do, by address; what it would leave alone is left out. */
  readonly plan: (environment: string) => Promise<Record<string, string>>;
  /** Promotes the candidate of an environment: what was live is kept, or let go. */
  readonly promote: (environment: string, keep: boolean) => void;
  readonly json: (environment: string) => Json;
  readonly cloud: () => Cloud;
  readonly log: () => readonly LogEntry[];
  readonly remove: () => void;
}

/** @param passes whether the gate has passed whatever is planned, unseen. */
export function newProject(passes = true): Project {
  const { path: folder, remove } = temporaryFolder();
  const { env, cloudFile } = installStandIn(folder);
  const stackOf = (environment: string): string => join(folder, "cdktf.out/stacks", environment);
  const synth = async (contract: string): Promise<void> => {
    writeFileSync(join(folder, "headgate.yaml"), contract);
    const { code, stderr } = await run(process.execPath, [resolve("dist/synth.js")], { cwd: folder });
    if (code !== 0) throw new Error(stderr);
  };
  const callAmid = async (
    cloud: Readonly<Record<string, string>>,
    environment: string,
    ...args: string[]
  ): Promise<TerraformRun> => {
    const stack = stackOf(environment);
    if (!existsSync(join(stack, ".terraform"))) await terraform(stack, ["init"], env);
    if (passes && ["plan", "apply"].includes(args[0] ?? ""))
      writePass(stack, { live: loadRelease(join(folder, RELEASE_FILE), environment)?.live.proof });
    return terraform(stack, args, { ...env, ...cloud });
  };
  const call: Project["terraform"] = (...args) => callAmid({}, ...args);
  const succeed = async (environment: string, ...args: string[]): Promise<TerraformRun> => {
    const result = await call(environment, ...args);
    if (result.exitCode !== 0) throw new Error(`terraform ${args.join(" ")}: ${result.exitCode}\n${result.stderr}`);
    return result;
  };
  return {
    folder,
    synth,
    terraform: call,
    apply: async (environment) => void (await succeed(environment, "apply", "-auto-approve")),
    applyAmid: (environment, cloud) => callAmid(cloud, environment, "apply", "-auto-approve"),
    plan: async (environment) => {
      await succeed(environment, "plan", "-out=next.plan");
      const shown: Json = JSON.parse((await succeed(environment, "show", "-json", "next.plan")).stdout);
      return actionsOf(shown);
    },
    promote: (environment, keep) => promote(folder, stackOf(environment), environment, keep),
    json: (environment) => JSON.parse(readFileSync(join(stackOf(environment), "cdk.tf.json"), "utf8")),
    cloud: () => readCloud(cloudFile),
    log: () => readLog(cloudFile),
    remove,
  };
}

function actionsOf(plan: Json): Record<string, string> {
  const changes = (plan.resource_changes as Json[]).map(({ address, change }): [string, string] => [
    address,
    change.actions.join("+"),
  ]);
  return Object.fromEntries(changes.filter(([, actions]) => actions !== "no-op" && actions !== "read"));
}

/** As a deploy does after the preview edge has passed, unseen. */
function promote(folder: string, stack: string, environment: string, keep: boolean): void {
  const file = join(folder, RELEASE_FILE);
  const candidate = loadCandidate(join(stack, CANDIDATE_FILE));
  const now = new Date();
  const proof = proofOf(environment, { stamp: candidate.stamp, run: "unseen", at: now }, {});
  const release = promoted(loadRelease(file, environment), { ...candidate, proof }, now);
  const text = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  writeFileSync(file, renderReleases(text, environment, keep ? release : { ...release, kept: [] }));
}
