import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCloud, readLog } from "../support/stand-in-google/cloud.ts";
import type { Cloud, LogEntry } from "../support/stand-in-google/cloud.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";
import type { TerraformRun } from "../support/stand-in-google/terraform.ts";
import { temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";

export interface Workspace {
  readonly stack: string;
  readonly write: (config: Json) => void;
  readonly run: (...args: string[]) => Promise<TerraformRun>;
  /** The same with more in the environment. */
  readonly runWith: (env: Readonly<Record<string, string>>, ...args: string[]) => Promise<TerraformRun>;
  /** What a plan would do, by address. */
  readonly plannedActions: () => Promise<Record<string, readonly string[]>>;
  readonly cloud: () => Cloud;
  readonly log: () => readonly LogEntry[];
  readonly remove: () => void;
}

/** A stack folder with the stand-in installed, initialized with the given configuration. */
export async function workspaceWith(config: Json): Promise<Workspace> {
  const folder = temporaryFolder();
  const { env, cloudFile } = installStandIn(folder.path);
  const stack = join(folder.path, "stack");
  mkdirSync(stack);
  const write = (edge: Json): void => writeFileSync(join(stack, "main.tf.json"), JSON.stringify(edge));
  const run = (...args: string[]): Promise<TerraformRun> => terraform(stack, args, env);
  const runWith: Workspace["runWith"] = (more, ...args) => terraform(stack, args, { ...env, ...more });
  write(config);
  const { exitCode, stderr } = await run("init");
  if (exitCode !== 0) throw new Error(stderr);
  const plannedActions = async (): Promise<Record<string, readonly string[]>> => {
    await run("plan", "-out=next.plan");
    const shown = JSON.parse((await run("show", "-json", "next.plan")).stdout);
    return Object.fromEntries(shown.resource_changes.map((each: Json) => [each.address, each.change.actions]));
  };
  const [cloud, log] = [() => readCloud(cloudFile), () => readLog(cloudFile)];
  return { stack, write, run, runWith, plannedActions, cloud, log, remove: folder.remove };
}

/** The state file of a workspace, parsed. */
export const stateOf = ({ stack }: Workspace): Json =>
  JSON.parse(readFileSync(join(stack, "terraform.tfstate"), "utf8"));
