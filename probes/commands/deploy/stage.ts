import { rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Receipt } from "../../../contract/receipt.ts";
import { isSignedBy } from "../../../contract/receipt-seal.ts";
import type { Applied } from "../../facts/deployed.ts";
import type { PlanReview } from "../../facts/planned.ts";
import { EXIT_CODE } from "../../gate/verdict.ts";
import { renderPlanBriefly } from "../../report/plan-text.ts";
import type { CommandContext } from "../context.ts";
import { InterruptedError, UsageError } from "../context.ts";
import { reviewPlan } from "../gate-plan.ts";
import type { Reviewed } from "../gate-plan.ts";
import { RECEIPT_ENV } from "../receipt-keys.ts";
import { recordReceipts } from "../record.ts";
import { synthesize } from "../synthesize.ts";
import { cdktfDeploy } from "./cdktf-run.ts";
import { StoppedError } from "./going.ts";
import type { Going } from "./going.ts";
import { emptiedState, remediesFor } from "./remedies.ts";
import { runTerraform } from "./terraform-run.ts";

const PLAN = "headgate.plan";

/** A configuration that was synthesized and judged, and may be planned. */
export interface Prepared {
  readonly receipt: Receipt;
  /** Folder of all synthesized output, and the stack's own, both absolute. */
  readonly directory: string;
  readonly folder: string;
}

/** What one apply is going to do. */
export interface Planned extends Prepared, Reviewed {
  readonly flags: readonly string[];
  /** Output of `terraform show -json PLAN`. */
  readonly shown: string;
}

export interface Stage {
  readonly name: Applied["name"];
  /** Further flags of the plan, from what the state holds. */
  readonly planFlags?: (folder: string) => Promise<readonly string[]>;
  /** Looks at what is planned before it is applied. @throws StoppedError to leave it. */
  readonly check?: (planned: Planned) => void;
}

/**
 * Synth → gate, whose receipt Terraform checks → plan → what the plan changes → apply. Nothing is applied unless both
 * judgements pass, or somebody overrides them.
 * @throws StoppedError with the code of the verdict; UsageError where nothing can be planned; InterruptedError.
 */
export async function stage({ name, planFlags, check }: Stage, going: Going): Promise<Planned> {
  const { journal } = going;
  const prepared = await journal.phase("synth and gate", () => prepare(going));
  try {
    const planned = await journal.phase("plan", () => plan(prepared, planFlags, going));
    refuseBroken(planned, going);
    check?.(planned);
    if (going.context.signal.aborted) throw new InterruptedError("the review of the plan", going.context.signal);
    // Read by now, and in clear: it must not stay where a second interrupt ends this process.
    rmSync(join(prepared.folder, `${PLAN}.json`), { force: true });
    await journal.phase(`apply: ${name}`, () => apply(name, planned, going));
    return planned;
  } finally {
    // A saved plan holds secrets in clear.
    for (const file of [PLAN, `${PLAN}.json`]) rmSync(join(prepared.folder, file), { force: true });
  }
}

async function prepare({ stack, options, context, seal }: Going): Promise<Prepared> {
  const { directory } = await synthesize(context, options);
  const variables = { vars: options.var ?? [], varFiles: options.varFile ?? [] };
  const [recorded] = await recordReceipts(directory, { ...options, ...variables, format: [], env: stack }, context);
  if (context.signal.aborted) throw new InterruptedError("the gate", context.signal);
  if (recorded === undefined) throw new UsageError(`synth wrote no stack ${stack} into ${directory}`);
  const { receipt, folder } = recorded;
  if (receipt.verdict !== "pass" && receipt.override === undefined)
    throw new StoppedError(EXIT_CODE[receipt.verdict], "the gate did not pass: nothing was applied");
  if (seal.publicKey !== undefined && !isSignedBy(receipt, seal.publicKey))
    throw new StoppedError(
      EXIT_CODE.inconclusive,
      `the receipt is not signed by the key of ${RECEIPT_ENV.publicKey}: let whoever has the private key run \`headgate gate --synth --record\`, and bring the receipt along; nothing was applied`,
    );
  return { receipt, folder, directory: resolve(context.cwd, directory) };
}

async function plan(prepared: Prepared, planFlags: Stage["planFlags"], going: Going): Promise<Planned> {
  const { folder } = prepared;
  const { stack, options, context } = going;
  const json = join(folder, `${PLAN}.json`);
  refuseEmptied(relative(context.cwd, folder));
  await step(["init"], folder, going);
  const flags = (await planFlags?.(folder)) ?? [];
  await step(["plan", `-out=${PLAN}`, ...flags, ...variablesOf(options, context)], folder, going);
  const shown = await step(["show", "-json", PLAN], folder, going);
  writeFileSync(json, shown, { mode: 0o600 });
  const reviewed = await reviewPlan({ ...options, env: stack, plan: json }, context);
  context.stdout(renderPlanBriefly(reviewed.review));
  return { ...prepared, ...reviewed, flags, shown };
}

/** @throws StoppedError for a state from which Terraform would make everything a second time. */
function refuseEmptied(folder: string): void {
  const remedies = emptiedState(folder);
  if (remedies.length === 0) return;
  throw new StoppedError(
    EXIT_CODE.inconclusive,
    "the state is an empty file: a Terraform was killed while it wrote it; nothing was changed",
    remedies,
  );
}

function refuseBroken({ review, receipt }: Planned, { context }: Going): void {
  if (review.exitCode === EXIT_CODE.pass) return;
  if (receipt.override === undefined)
    throw new StoppedError(review.exitCode, "after this plan the contract would not hold: nothing was applied");
  context.stderr(`headgate: after this plan the contract would not hold; applied under the override\n`);
}

function variablesOf(
  { var: values = [], varFile = [] }: Going["options"],
  { cwd }: Pick<CommandContext, "cwd">,
): string[] {
  return [...varFile.map((file) => `-var-file=${resolve(cwd, file)}`), ...values.map((value) => `-var=${value}`)];
}

/** A step that changes nothing. */
async function step(args: readonly [string, ...string[]], folder: string, { context }: Going): Promise<string> {
  const { code, stdout, said } = await runTerraform(args, folder, context);
  if (context.signal.aborted) throw new InterruptedError(`terraform ${args[0]}`, context.signal);
  if (code === 0) return stdout;
  const remedies = remediesFor(said, relative(context.cwd, folder));
  throw new StoppedError(
    // What was left behind stands in the way of looking; anything else is what was asked for.
    remedies.length > 0 || code === null ? EXIT_CODE.inconclusive : EXIT_CODE.usage,
    `terraform ${args[0]} ended with ${code ?? "a signal"}, for the reason above; nothing was changed`,
    remedies,
  );
}

async function apply(name: Applied["name"], planned: Planned, going: Going): Promise<void> {
  const { context, journal, stack, options, way } = going;
  const { folder, directory, review, flags } = planned;
  const variables = variablesOf(options, context).map(long);
  const { code, said } =
    way === "terraform"
      ? await runTerraform(["apply", PLAN], folder, context)
      : await cdktfDeploy({ stack, directory, folder, variables, flags }, context);
  journal.applies.push({
    name,
    changes: countsOf(review),
    touchesHeaderPath: review.touchesHeaderPath,
    done: code === 0,
  });
  if (code === 0) return;
  const program = way === "terraform" ? "terraform apply" : "cdktf deploy";
  throw new StoppedError(
    EXIT_CODE.inconclusive,
    context.signal.aborted
      ? `interrupted during ${program}: Terraform ended what it had begun, and began nothing more`
      : `${program} ended with ${code ?? "a signal"}, for the reason above; what was applied so far stays`,
    remediesFor(said, relative(context.cwd, folder)),
  );
}

/** As `cdktf` spells what Terraform spells with one dash. */
function long(option: string): string {
  return `-${option}`;
}

function countsOf({ changes }: PlanReview): Applied["changes"] {
  const count = (action: string): number => changes.filter((change) => change.action === action).length;
  return {
    created: count("create"),
    changed: count("update"),
    replaced: count("replace"),
    deleted: count("delete") + count("forget"),
  };
}
