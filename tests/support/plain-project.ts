import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RECEIPT_FILE } from "../../contract/receipt.ts";
import { headgate } from "./cli.ts";
import type { CliRun } from "./cli.ts";
import { standing } from "./gated-project.ts";
import { temporaryFolder } from "./reference.ts";
import type { Json } from "./reference.ts";
import { readCloud, readLog } from "./stand-in-google/cloud.ts";
import type { Cloud, LogEntry } from "./stand-in-google/cloud.ts";
import { installStandIn } from "./stand-in-google/install.ts";
import { terraform } from "./stand-in-google/terraform.ts";
import type { TerraformRun } from "./stand-in-google/terraform.ts";

export interface PlainProject {
  /** The root module, which calls the published module of the gate. */
  readonly folder: string;
  readonly terraform: (...args: string[]) => Promise<TerraformRun>;
  /** The same with variables of the process. */
  readonly terraformWith: (env: Record<string, string>, ...args: string[]) => Promise<TerraformRun>;
  /** `headgate check . --record`. */
  readonly record: (env?: Record<string, string>, ...args: string[]) => Promise<CliRun>;
  readonly receipt: () => Json;
  readonly write: (file: string, text: string) => void;
  readonly edit: (file: string, from: string, to: string) => void;
  /** Every file of configuration as it was at first, and no other. */
  readonly restore: () => void;
  /** Digest of the state and of everything that exists. */
  readonly standing: () => string;
  readonly cloud: () => Cloud;
  readonly log: () => readonly LogEntry[];
  readonly remove: () => void;
}

/** A root module in HCL with a local module, a data source, a contract and the gate; initialized. */
export async function plainProject(fixture = "tests/fixtures/plain-terraform"): Promise<PlainProject> {
  const { path: outer, remove } = temporaryFolder();
  const { env, cloudFile } = installStandIn(outer);
  const folder = join(outer, "infra");
  const restore = (): void => {
    for (const name of EXTRA) rmSync(join(folder, name), { force: true });
    cpSync(fixture, folder, { recursive: true });
    cpSync("modules", join(folder, "modules"), { recursive: true });
  };
  restore();
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  const terraformWith: PlainProject["terraformWith"] = (more, ...args) => terraform(folder, args, { ...env, ...more });
  const { exitCode, stderr } = await terraformWith({}, "init");
  if (exitCode !== 0) throw new Error(stderr);
  return {
    folder,
    terraform: (...args) => terraformWith({}, ...args),
    terraformWith,
    record: (more = {}, ...args) => headgate(["check", ".", "--record", ...args], { cwd: folder, env: more }),
    receipt: () => JSON.parse(readFileSync(join(folder, RECEIPT_FILE), "utf8")),
    write,
    edit: (file, from, to) => {
      const text = readFileSync(join(folder, file), "utf8");
      if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
      write(file, text.replace(from, to));
    },
    restore,
    standing: () => standing(folder, cloudFile),
    cloud: () => readCloud(cloudFile),
    log: () => readLog(cloudFile),
    remove,
  };
}

/** What tests put beside the configuration. */
const EXTRA = ["zz_override.tf", "more.tf", "modules/edge/more.tf", "x.auto.tfvars", "next.plan", RECEIPT_FILE];
