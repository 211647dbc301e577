import { spawn } from "node:child_process";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";

export interface TerraformEnd {
  /** Null: ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
}

/**
 * Runs Terraform in a stack's folder: it never asks, calls nobody but providers and the backend, and what it says goes to
 * standard error as it comes. An interrupt is passed on, and Terraform is left to finish: it alone knows what it has begun.
 * @throws UsageError where there is no Terraform.
 */
export function runTerraform(
  args: readonly string[],
  folder: string,
  { env, stderr, signal }: Pick<CommandContext, "env" | "stderr" | "signal">,
): Promise<TerraformEnd> {
  const isQuiet = args[0] === "show";
  const child = spawn(env["TERRAFORM_BINARY_NAME"] ?? "terraform", [...args], {
    cwd: folder,
    env: { ...env, CI: "true", CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    // In a group of its own a Ctrl-C of the terminal does not reach it twice: a second one makes Terraform give up.
    detached: true,
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (isQuiet) stdout += text;
    else stderr(text);
  });
  child.stderr.setEncoding("utf8").on("data", stderr);
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
