import { join } from "node:path";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../context.ts";
import { RECEIPT_ENV } from "../receipt-keys.ts";
import { runFollowed } from "./followed.ts";
import type { Ended } from "./followed.ts";

/** Beside the stack: what Terraform said last. */
export const TERRAFORM_LOG = "headgate-terraform.log";

/** What only the probes and the receipt need. */
const SECRETS = ["HEADGATE_TOKEN", "HEADGATE_KEY", RECEIPT_ENV.privateKey, RECEIPT_ENV.key];

/** Verbs whose output is data. */
const TELLING: readonly string[] = ["show", "output"];

/**
 * Runs Terraform in a stack's folder: it never asks, and is left to finish, because it alone knows what it has begun.
 * @throws UsageError where there is no Terraform.
 */
export async function runTerraform(
  [verb, ...rest]: readonly [string, ...string[]],
  folder: string,
  context: CommandContext,
): Promise<Ended> {
  const tells = TELLING.includes(verb);
  const command = terraformBinary(context);
  try {
    return await runFollowed(
      {
        command,
        args: [verb, ...(verb === "show" ? [] : ["-no-color"]), ...(tells ? [] : ["-input=false"]), ...rest],
        cwd: folder,
        env: quietEnv(context),
        log: join(folder, TERRAFORM_LOG),
        pipe: tells,
      },
      context,
    );
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${error.message}; install Terraform 1.10 or later`);
    throw error;
  }
}

export function terraformBinary({ env }: Pick<CommandContext, "env">): string {
  return env["TERRAFORM_BINARY_NAME"] ?? "terraform";
}

/** For Terraform and whatever runs it: no questions, no news from elsewhere, nothing that is for probes alone. */
export function quietEnv({ env }: Pick<CommandContext, "env">): CommandContext["env"] {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !SECRETS.includes(name))),
    CI: "true",
    CHECKPOINT_DISABLE: "1",
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
  };
}
