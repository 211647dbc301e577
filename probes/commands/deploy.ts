import { randomUUID } from "node:crypto";
import type { Contract } from "../../contract/contract.ts";
import { loadContract } from "../../contract/load.ts";
import { ContractError } from "../../contract/problem.ts";
import type { DeployRecord } from "../facts/deployed.ts";
import type { Verdict } from "../facts/result.ts";
import { EXIT_CODE } from "../gate/verdict.ts";
import { renderDeployJson, renderDeployText } from "../report/deploy-text.ts";
import { ConfigurationError } from "../terraform/configuration-error.ts";
import { meant } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { CannotLookError, InterruptedError, UsageError } from "./context.ts";
import { isCdktfProject } from "./deploy/cdktf-run.ts";
import { Course } from "./deploy/course.ts";
import { deployDirect } from "./deploy/direct.ts";
import { StoppedError } from "./deploy/going.ts";
import type { DeployOptions, Going } from "./deploy/going.ts";
import { Journal } from "./deploy/journal.ts";
import { placesOf } from "./deploy/places.ts";
import { deployPreview, goBack } from "./deploy/preview.ts";
import { hasOwnWitness, liveKey } from "./live-look.ts";
import { emitOwn, ownOutputsOf } from "./outputs.ts";
import type { Output } from "./outputs.ts";
import { sealOf } from "./receipt-keys.ts";

/**
 * Deploys one environment: gate → plan → what the plan changes → apply → a look at what runs; with `promotion: preview` a
 * candidate beside what is live first, and what passed on the preview edge after it. Nothing is applied unless the
 * judgements pass, and the exit code is theirs, not Terraform's.
 * @throws UsageError for what is wrong before anything is begun.
 */
export async function deploy(
  named: string | undefined,
  options: DeployOptions,
  context: CommandContext,
): Promise<number> {
  const outputs = ownOutputsOf(options, (format) => `deploy writes text and json, not ${format}`);
  const startedAt = context.now();
  const course = begin(named, options, heardBy(outputs, context));
  const { going } = course;
  const run = {
    id: randomUUID(),
    verb: "deploy",
    tool: `headgate ${context.toolVersion}`,
    contract: { file: going.contract.file, digest: going.contract.digest },
    env: [going.stack],
    startedAt: startedAt.toISOString(),
  };
  const end = await ending(course);
  const durationMs = context.now().getTime() - startedAt.getTime();
  const record = course.record({ ...end, run: { ...run, durationMs } });
  const text = (colour: boolean): string => renderDeployText(record, { colour });
  emitOwn({ text, json: () => renderDeployJson(record) }, outputs, context);
  if (!outputs.some(({ format, file }) => format === "text" && file === undefined))
    for (const reason of record.reasons) context.stderr(`headgate: ${reason}\n`);
  return record.exitCode;
}

function carryOut(course: Course): Promise<void> {
  const { environment, options } = course.going;
  if (environment.promotion === "direct") return deployDirect(course);
  return options.rollback === true ? goBack(course) : deployPreview(course);
}

/** Everything that can be refused before anything is begun. */
function begin(named: string | undefined, options: DeployOptions, context: CommandContext): Course {
  const contract = loadContract(options.contract);
  if (named !== undefined && options.env !== undefined && named !== options.env)
    throw new UsageError(`${named} and --env ${options.env} are two environments; name one`);
  const stack = stackOf(contract, named ?? options.env);
  const environment = contract.environments[stack]!;
  if (options.rollback === true && environment.promotion === "direct")
    throw new UsageError(
      `${stack} has promotion: direct, which keeps no release to go back to; deploy the contract as it was`,
    );
  if (environment.promotion === "preview" || (options.verify && hasOwnWitness(contract))) liveKey(context);
  const seal = sealOf(context.env);
  const journal = new Journal(context);
  const way = options.terraform === true || !isCdktfProject(context) ? "terraform" : "cdktf";
  const env = seal.key === undefined ? context.env : { ...context.env, TF_VAR_headgate_receipt_key: seal.key };
  const going: Going = {
    ...{ stack, contract, environment, options, way, seal, journal },
    context: { ...context, env },
  };
  return new Course(going, placesOf(options));
}

/** @throws UsageError for an environment that is not declared, and where several could be meant. */
function stackOf({ file, environments }: Contract, named: string | undefined): string {
  const names = Object.keys(environments);
  if (named === undefined && names.length === 1) return names[0]!;
  if (named === undefined) throw new UsageError(`say which environment to deploy (${names.join(", ")})`);
  if (Object.hasOwn(environments, named)) return named;
  throw new UsageError(`${file} declares no environment ${named}${meant(named, names)} (${names.join(", ")})`);
}

type End = Pick<DeployRecord, "verdict" | "exitCode" | "reasons" | "remedies">;

/** How a deploy ended, in the words of a record. What nobody foresaw is no end, and goes on up. */
async function ending(course: Course): Promise<End> {
  try {
    await carryOut(course);
    const over = course.overridden();
    const verdict = over?.verdict ?? "pass";
    const reasons = over === undefined ? [] : [`the gate said ${over.verdict}: ${over.summary}`];
    return { verdict, exitCode: EXIT_CODE[verdict], reasons, remedies: [] };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = codeOf(error);
    if (code === undefined) throw error;
    const verdict = (Object.keys(EXIT_CODE) as Verdict[]).find((each) => EXIT_CODE[each] === code)!;
    const remedies = error instanceof StoppedError ? error.remedies : [];
    return { verdict, exitCode: code, reasons: [error.message], remedies };
  }
}

function codeOf(error: Error): number | undefined {
  if (error instanceof StoppedError) return error.code;
  if (error instanceof InterruptedError || error instanceof CannotLookError) return EXIT_CODE.inconclusive;
  const isUsage = [UsageError, ConfigurationError, ContractError].some((kind) => error instanceof kind);
  return isUsage ? EXIT_CODE.usage : undefined;
}

/** What is told on the way goes where people read. */
function heardBy(outputs: readonly Output[], context: CommandContext): CommandContext {
  const isForPeople = outputs.every(({ format, file }) => format === "text" || file !== undefined);
  return isForPeople ? context : { ...context, stdout: context.stderr };
}
