import { rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { loadContract } from "../../contract/load.ts";
import { EXIT_CODE } from "../gate/verdict.ts";
import type { CommandContext } from "./context.ts";
import { InterruptedError, UsageError } from "./context.ts";
import { meant } from "./choose-edge.ts";
import { gate } from "./gate.ts";
import { gatePlan } from "./gate-plan.ts";
import type { RunOptions } from "./run.ts";
import { runTerraform } from "./terraform-run.ts";

export interface DeployOptions extends RunOptions {
  /** Run Terraform itself; the only way there is. */
  readonly terraform?: boolean;
  /** Images by digest, each `SERVICE=IMAGE@sha256:…`. */
  readonly image?: readonly string[];
}

const PLAN = "headgate.plan";

/**
 * One environment with `promotion: direct`: gate → plan → what the plan changes → apply of exactly that plan. Nothing is
 * applied unless both judgements pass, and their exit code is the verb's own.
 * @throws UsageError for an environment that it does not deploy, and where Terraform fails.
 */
export async function deploy(stack: string, options: DeployOptions, context: CommandContext): Promise<number> {
  const contract = loadContract(options.contract);
  const environment = contract.environments[stack];
  const names = Object.keys(contract.environments);
  if (environment === undefined)
    throw new UsageError(
      `${contract.file} declares no environment ${stack}${meant(stack, names)} (${names.join(", ")})`,
    );
  if (environment.promotion !== "direct")
    throw new UsageError(
      `${stack} has promotion: ${environment.promotion}, which this verb does not carry out; only direct is`,
    );
  if (options.terraform !== true)
    throw new UsageError("give --terraform: it is the only way in which this verb deploys");
  const run = { ...options, env: stack };
  const judged = await gate(run, context);
  if (judged !== EXIT_CODE.pass) return ended(judged, "the gate did not pass", context);
  return applied(run, resolve(context.cwd, context.env["CDKTF_OUTDIR"] ?? "cdktf.out", "stacks", stack), context);
}

/** Plan, review and apply; the saved plan holds secrets in clear and does not stay. */
async function applied(options: DeployOptions, folder: string, context: CommandContext): Promise<number> {
  const json = join(folder, `${PLAN}.json`);
  try {
    await step(["init", "-input=false", "-no-color"], folder, context);
    await step(["plan", "-input=false", "-no-color", `-out=${PLAN}`], folder, context);
    writeFileSync(json, await step(["show", "-json", PLAN], folder, context), { mode: 0o600 });
    const { out: _, ...review } = options;
    const reviewed = await gatePlan({ ...review, plan: json, format: ["text"] }, context);
    if (reviewed !== EXIT_CODE.pass) return ended(reviewed, "after this plan the contract would not hold", context);
    await step(["apply", "-input=false", "-no-color", PLAN], folder, context);
  } finally {
    for (const file of [json, join(folder, PLAN)]) rmSync(file, { force: true });
  }
  const { env, contract } = options;
  context.stdout(
    [
      `deployed ${env}: what was planned is applied`,
      `not looked at where it runs: headgate probe --live --env ${env} --contract ${contract}`,
      `to go back: put ${dirname(contract) === "." ? "the contract" : contract} and images back to what they were, and run this again`,
      "",
    ].join("\n"),
  );
  return EXIT_CODE.pass;
}

async function step(args: readonly string[], folder: string, context: CommandContext): Promise<string> {
  context.stderr(`headgate: terraform ${args[0]}\n`);
  const { code, stdout } = await runTerraform(args, folder, context);
  if (context.signal.aborted) throw new InterruptedError(`terraform ${args[0]}`, context.signal);
  if (code !== 0)
    throw new UsageError(
      `terraform ${args[0]} ended with ${code ?? "a signal"}; ${args[0] === "apply" ? "what was applied so far stays: mend the cause and deploy again" : "nothing was changed"}`,
    );
  return stdout;
}

function ended(code: number, why: string, { stderr }: CommandContext): number {
  stderr(`headgate: ${why}: nothing was applied\n`);
  return code;
}
