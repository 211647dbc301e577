import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Contract } from "../../contract/contract.ts";
import { loadContract } from "../../contract/load.ts";
import { ContractError } from "../../contract/problem.ts";
import { RECEIPT_FILE, configurationDigest, parseReceipt, renderReceipt } from "../../contract/receipt.ts";
import type { Receipt } from "../../contract/receipt.ts";
import { receiptOf, receiptOfTrouble } from "../receipts/receipt-of.ts";
import type { Subject } from "../receipts/receipt-of.ts";
import { ConfigurationError } from "../terraform/configuration-error.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import { readCdktfOut } from "../terraform/read-cdktf-out.ts";
import type { GivenVariables } from "../terraform/read-cdktf-out.ts";
import type { CommandContext } from "./context.ts";
import { InterruptedError, UsageError } from "./context.ts";
import { keepsSigned, sealOf } from "./receipt-keys.ts";
import type { Seal } from "./receipt-keys.ts";
import { runForResult } from "./run.ts";
import type { RunOptions } from "./run.ts";

interface Recording {
  readonly contract: Contract;
  readonly directory: string;
  readonly graphs: readonly ResourceGraph[];
  readonly options: RunOptions;
  readonly seal: Seal;
  readonly context: CommandContext;
}

/** A receipt, and where it stands. */
export interface Recorded {
  readonly receipt: Receipt;
  /** The root module that it speaks of, absolute. */
  readonly folder: string;
}

/**
 * Judges each stack of synthesized output alone, and writes a receipt beside it. Ends 0 whatever was found: only
 * Terraform blocks, and only when it plans, so that `destroy`, `output` and `list` keep working.
 * @throws ConfigurationError for a folder without a finished synth, UsageError for a key that is none.
 */
export async function record(
  directory: string,
  options: RunOptions & GivenVariables,
  context: CommandContext,
): Promise<number> {
  await recordReceipts(directory, { ...options, format: [] }, context);
  return 0;
}

/** The same, for a verb that goes on from the receipts; reports each run in the formats that are asked for. */
export async function recordReceipts(
  directory: string,
  options: RunOptions & GivenVariables,
  context: CommandContext,
): Promise<Recorded[]> {
  const seal = sealOf(context.env);
  const graphs = readCdktfOut(directory, variablesFor(options, context));
  const contract = loadContract(options.contract);
  const wanted = options.env === undefined ? graphs : graphs.filter(({ name }) => name === options.env);
  const recorded: Recorded[] = [];
  for (const graph of wanted) {
    const folder = join(resolve(context.cwd, directory), dirname(graph.file ?? ""));
    const receipt = await recordStack(graph, folder, { contract, directory, graphs, options, seal, context });
    recorded.push({ receipt, folder });
  }
  return recorded;
}

/** As Terraform takes them: the environment's first, so that files and options beat them. */
function variablesFor({ vars, varFiles }: GivenVariables, { env }: CommandContext): GivenVariables {
  const environment = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith("TF_VAR_") && value !== undefined ? [`${name.slice("TF_VAR_".length)}=${value}`] : [],
  );
  return { environment, ...(vars !== undefined && { vars }), ...(varFiles !== undefined && { varFiles }) };
}

async function recordStack(graph: ResourceGraph, folder: string, recording: Recording): Promise<Receipt> {
  const { seal, context } = recording;
  const file = join(folder, RECEIPT_FILE);
  const old = readReceipt(file);
  const digest = graph.basis === undefined ? "" : configurationDigest(graph.basis);
  if (
    old !== undefined &&
    keepsSigned(old, { digest, contract: recording.contract.digest, now: context.now(), seal })
  ) {
    context.stdout(`${graph.name}: kept the signed receipt of ${old.at}: ${old.verdict}, ${old.summary}\n`);
    return old;
  }
  rmSync(file, { force: true });
  const receipt = seal.close(await judge(graph, recording));
  // Whole or not at all: half a receipt is none, and says so less clearly.
  writeFileSync(`${file}.new`, renderReceipt(receipt));
  renameSync(`${file}.new`, file);
  context.stdout(`${graph.name}: ${receipt.verdict}, ${receipt.summary}\n`);
  for (const line of receipt.failing) context.stdout(`  ${line}\n`);
  if (receipt.override !== undefined)
    context.stderr(`headgate: ${graph.name} is OVERRIDDEN by ${receipt.override.owner}: ${receipt.override.reason}\n`);
  return receipt;
}

async function judge(
  graph: ResourceGraph,
  { contract, directory, graphs, options, context }: Recording,
): Promise<Receipt> {
  const subject: Subject = {
    stack: graph.name,
    environment: graph.name,
    contract,
    ...(graph.basis !== undefined && { lookedAt: graph.basis }),
    tool: `headgate ${context.toolVersion}`,
    proof: "traffic",
    at: context.now(),
  };
  if (!Object.hasOwn(contract.environments, graph.name))
    return receiptOfTrouble(subject, "usage", `the contract declares no environment ${graph.name}`);
  try {
    const result = await runForResult("gate", { ...options, env: graph.name }, context, () =>
      Promise.resolve({
        source: { kind: "cdktf", directory, graphs },
        key: randomBytes(32).toString("hex"),
      }),
    );
    return receiptOf(subject, result);
  } catch (error) {
    if (error instanceof InterruptedError) return receiptOfTrouble(subject, "inconclusive", error.message);
    const isUsage =
      error instanceof UsageError || error instanceof ConfigurationError || error instanceof ContractError;
    const message = error instanceof Error ? error.message : String(error);
    return receiptOfTrouble(subject, isUsage ? "usage" : "internal", message);
  }
}

/** What stands there, if it is a receipt; anything else is written anew. */
function readReceipt(file: string): Receipt | undefined {
  try {
    return parseReceipt(readFileSync(file, "utf8"), file);
  } catch {
    return undefined;
  }
}
