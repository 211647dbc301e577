import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../context.ts";
import { runFollowed } from "./followed.ts";
import type { Ended } from "./followed.ts";
import { shellWord } from "./shell-word.ts";
import { TERRAFORM_LOG, quietEnv, terraformBinary } from "./terraform-run.ts";

export interface CdktfApply {
  readonly stack: string;
  /** Folder of synthesized output, and the stack's own, both absolute. */
  readonly directory: string;
  readonly folder: string;
  /** `--var`, `--var-file`, as the CLI takes them. */
  readonly variables: readonly string[];
  /** For Terraform's `apply` itself: the CLI has no way to hand them on. */
  readonly flags: readonly string[];
}

/** Whether this folder is a project of the CLI: it runs nowhere else. */
export function isCdktfProject({ cwd }: Pick<CommandContext, "cwd">): boolean {
  return existsSync(join(cwd, "cdktf.json"));
}

/**
 * `cdktf deploy STACK` of what is synthesized already, one stack at a time. An interrupt goes to the Terraform that the
 * CLI runs: the CLI itself would abort it hard.
 * @throws UsageError where the CLI is not installed.
 */
export async function cdktfDeploy(apply: CdktfApply, context: CommandContext): Promise<Ended> {
  const { stack, directory, folder, variables, flags } = apply;
  const shim = shimOf(resolve(context.cwd), terraformBinary(context));
  try {
    return await runFollowed(
      {
        command: context.execPath,
        args: [
          ...[cliFrom(context.cwd), "deploy", stack, "--output", directory],
          ...["--skip-synth", "--auto-approve", "--parallelism", "1", "--no-color", ...variables],
        ],
        cwd: context.cwd,
        env: {
          ...quietEnv(context),
          TERRAFORM_BINARY_NAME: shim.command,
          ...(flags.length > 0 && { TF_CLI_ARGS_apply: flags.join(" ") }),
        },
        log: join(folder, TERRAFORM_LOG),
        interrupt: shim.interrupt,
      },
      context,
    );
  } finally {
    shim.remove();
  }
}

function cliFrom(cwd: string): string {
  try {
    const file = createRequire(join(cwd, "package.json")).resolve("cdktf-cli/package.json");
    const { bin } = JSON.parse(readFileSync(file, "utf8")) as { bin: { cdktf: string } };
    return join(dirname(file), bin.cdktf);
  } catch {
    throw new UsageError(
      "cdktf-cli is not installed here; run `npm install --save-dev cdktf-cli`, or give --terraform to do without it",
    );
  }
}

interface Shim {
  readonly command: string;
  readonly interrupt: () => boolean;
  readonly remove: () => void;
}

/** A Terraform that says which process it is, and is Terraform from then on. */
function shimOf(cwd: string, binary: string): Shim {
  const folder = mkdtempSync(join(tmpdir(), "headgate-terraform-"));
  const pidFile = join(folder, "pid");
  const stopFile = join(folder, "stop");
  const command = join(folder, "terraform");
  const real = binary.includes("/") ? resolve(cwd, binary) : binary;
  writeFileSync(
    command,
    `#!/bin/sh\n[ -e ${shellWord(stopFile)} ] && exit 130\necho $$ > ${shellWord(pidFile)}\nexec ${shellWord(real)} "$@"\n`,
  );
  chmodSync(command, 0o755);
  return {
    command,
    interrupt: () => {
      // The CLI runs Terraform several times, and may be between two of them: the next does not begin.
      writeFileSync(stopFile, "");
      if (existsSync(pidFile)) spawnSync("kill", ["-s", "INT", readFileSync(pidFile, "utf8").trim()]);
      return true;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
