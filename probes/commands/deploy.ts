import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Contract } from "../../contract/contract.ts";
import { loadContract } from "../../contract/load.ts";
import type { Receipt } from "../../contract/receipt.ts";
import { isSignedBy } from "../../contract/receipt-seal.ts";
import { EXIT_CODE } from "../gate/verdict.ts";
import type { CommandContext } from "./context.ts";
import { CannotLookError, InterruptedError, UsageError } from "./context.ts";
import { meant } from "./choose-edge.ts";
import { keepDeployed, waysOf } from "./deploy-ways.ts";
import type { DeployOptions, Going, Ways } from "./deploy-ways.ts";
import { gatePlan } from "./gate-plan.ts";
import { RECEIPT_ENV, sealOf } from "./receipt-keys.ts";
import { recordReceipts } from "./record.ts";
import { synthesize } from "./synthesize.ts";
import { runTerraform } from "./terraform-run.ts";

const PLAN = "headgate.plan";

/**
 * One environment with `promotion: direct`: synth → gate, whose receipt Terraform checks → plan → what the plan changes →
 * apply of exactly that plan. Nothing is applied unless both judgements pass, and the exit code is theirs.
 * @throws UsageError for an environment that it does not deploy, and where nothing can be planned; CannotLookError for a
 * receipt that nobody trusted has signed, and an apply that did not come to its end.
 */
export async function deploy(
  named: string | undefined,
  options: DeployOptions,
  context: CommandContext,
): Promise<number> {
  const contract = loadContract(options.contract);
  const stack = stackOf(contract, named);
  if (options.terraform !== true)
    throw new UsageError("give --terraform: it is the only way in which this verb deploys");
  const seal = sealOf(context.env);
  context.stderr("headgate: gate\n");
  const { directory } = await synthesize(context, options);
  const variables = { vars: options.var ?? [], varFiles: options.varFile ?? [] };
  const [recorded] = await recordReceipts(directory, { ...options, ...variables, env: stack }, context);
  if (context.signal.aborted) throw new InterruptedError("the gate", context.signal);
  if (recorded === undefined) throw new UsageError(`synth wrote no stack ${stack} into ${directory}`);
  const { receipt, folder } = recorded;
  if (receipt.verdict !== "pass" && receipt.override === undefined)
    return ended(EXIT_CODE[receipt.verdict], "the gate did not pass", context);
  if (seal.publicKey !== undefined && !isSignedBy(receipt, seal.publicKey))
    throw new CannotLookError(
      `the receipt is not signed by the key of ${RECEIPT_ENV.publicKey}: let whoever has the private key run \`headgate gate --synth --record\`, and bring the receipt along; nothing was applied`,
    );
  const env = seal.key === undefined ? context.env : { ...context.env, TF_VAR_headgate_receipt_key: seal.key };
  return applied({ stack, folder, contract, options, context: { ...context, env } }, receipt);
}

/** @throws UsageError for an environment that is not declared, or not promoted directly. */
function stackOf(contract: Contract, named: string | undefined): string {
  const names = Object.keys(contract.environments);
  const direct = names.filter((name) => contract.environments[name]!.promotion === "direct");
  if (named === undefined && direct.length === 1) return direct[0]!;
  if (named === undefined)
    throw new UsageError(`say which environment to deploy (${direct.join(", ") || "none has promotion: direct"})`);
  const environment = contract.environments[named];
  if (environment === undefined)
    throw new UsageError(
      `${contract.file} declares no environment ${named}${meant(named, names)} (${names.join(", ")})`,
    );
  if (environment.promotion !== "direct")
    throw new UsageError(
      `${named} has promotion: ${environment.promotion}, which this verb does not carry out; only direct is`,
    );
  return named;
}

/** Plan, review and apply; the saved plan holds secrets in clear and does not stay. */
async function applied(going: Going, receipt: Receipt): Promise<number> {
  const { stack, folder, options, context } = going;
  const json = join(folder, `${PLAN}.json`);
  try {
    await prepare(["init"], folder, context);
    await prepare(["plan", `-out=${PLAN}`, ...variablesOf(options, context)], folder, context);
    const shown = await prepare(["show", "-json", PLAN], folder, context);
    writeFileSync(json, shown, { mode: 0o600 });
    const { out: _, ...review } = options;
    const reviewed = await gatePlan({ ...review, env: stack, plan: json, format: ["text"] }, context);
    if (reviewed !== EXIT_CODE.pass && receipt.override === undefined)
      return ended(reviewed, "after this plan the contract would not hold", context);
    if (context.signal.aborted) throw new InterruptedError("the review of the plan", context.signal);
    const ways = waysOf(shown, going);
    // Read by now, and in clear: it must not stay where a second interrupt ends this process.
    rmSync(json, { force: true });
    await apply(folder, ways, context);
    keepDeployed(shown, going);
    say(going, ways);
    return EXIT_CODE[receipt.verdict];
  } finally {
    for (const file of [json, join(folder, PLAN)]) rmSync(file, { force: true });
  }
}

function variablesOf({ var: values = [], varFile = [] }: DeployOptions, { cwd }: CommandContext): string[] {
  return [...varFile.map((file) => `-var-file=${resolve(cwd, file)}`), ...values.map((value) => `-var=${value}`)];
}

/** A step that changes nothing. */
async function prepare(args: readonly string[], folder: string, context: CommandContext): Promise<string> {
  context.stderr(`headgate: terraform ${args[0]}\n`);
  const { code, stdout } = await runTerraform(args, folder, context);
  if (context.signal.aborted) throw new InterruptedError(`terraform ${args[0]}`, context.signal);
  if (code !== 0)
    throw new UsageError(
      `terraform ${args[0]} ended with ${code ?? "a signal"}, for the reason above; nothing was changed`,
    );
  return stdout;
}

async function apply(folder: string, { on, back }: Ways, context: CommandContext): Promise<void> {
  context.stderr("headgate: terraform apply\n");
  const { code } = await runTerraform(["apply", PLAN], folder, context);
  if (code === 0) return;
  const what = context.signal.aborted
    ? "interrupted during terraform apply: Terraform ended what it had begun, and began nothing more"
    : `terraform apply ended with ${code ?? "a signal"}, for the reason above; what was applied so far stays`;
  throw new CannotLookError(`${what}\nto go on:   ${on}\nto go back: ${back}`);
}

function say({ stack, options, context }: Going, { back }: Ways): void {
  context.stdout(
    [
      `deployed ${stack}: what was planned is applied`,
      `not looked at where it runs: headgate probe --live --env ${stack} --contract ${options.contract}`,
      `to go back: ${back}`,
      "",
    ].join("\n"),
  );
}

function ended(code: number, why: string, { stderr }: CommandContext): number {
  stderr(`headgate: ${why}: nothing was applied\n`);
  return code;
}
