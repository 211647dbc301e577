import { spawn } from "node:child_process";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { RECEIPT_ENV } from "./receipt-keys.ts";

export interface TerraformEnd {
  /** Null: ended by a signal. */
  readonly code: number | null;
  /** Of `show` alone; of everything else it went to standard error. */
  readonly stdout: string;
}

/** What only the probes and the receipt need. */
const SECRETS = ["HEADGATE_TOKEN", "HEADGATE_KEY", RECEIPT_ENV.privateKey, RECEIPT_ENV.key];

/**
 * Runs Terraform in a stack's folder: it never asks, and what it says goes to standard error as it comes. An interrupt is
 * passed on, and Terraform is left to finish: it alone knows what it has begun.
 * @throws UsageError where there is no Terraform.
 */
export function runTerraform(
  args: readonly string[],
  folder: string,
  { env, signal }: Pick<CommandContext, "env" | "signal">,
): Promise<TerraformEnd> {
  const [verb, ...rest] = args;
  const child = spawn(
    env["TERRAFORM_BINARY_NAME"] ?? "terraform",
    [verb!, ...(verb === "show" ? [] : QUIET), ...rest],
    {
      cwd: folder,
      env: { ...withoutSecrets(env), CI: "true", CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0" },
      // Not through this process: should it end first, Terraform would die of the broken pipe, in the middle of an apply.
      stdio: ["ignore", verb === "show" ? "pipe" : 2, 2],
      // In a group of its own a Ctrl-C of the terminal does not reach it twice: a second one makes Terraform give up.
      detached: true,
    },
  );
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const passOn = (): void => void child.kill("SIGINT");
  if (signal.aborted) passOn();
  signal.addEventListener("abort", passOn, { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      reject(new UsageError(`terraform cannot be run: ${cause.message}; install Terraform 1.10 or later`));
    });
    child.once("close", (code) => {
      signal.removeEventListener("abort", passOn);
      resolve({ code, stdout });
    });
  });
}

const QUIET = ["-input=false", "-no-color"];

function withoutSecrets(env: CommandContext["env"]): CommandContext["env"] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRETS.includes(name)));
}
