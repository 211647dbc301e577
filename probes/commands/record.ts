import { randomBytes } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import type { Contract } from "../../contract/contract.ts";
import { own } from "../../contract/contract.ts";
import { loadContract } from "../../contract/load.ts";
import type { Receipt } from "../../contract/receipt.ts";
import { receiptOfTrouble } from "../receipts/receipt-of.ts";
import type { Subject } from "../receipts/receipt-of.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import { readCdktfOut } from "../terraform/read-cdktf-out.ts";
import type { GivenVariables } from "../terraform/read-cdktf-out.ts";
import type { CommandContext } from "./context.ts";
import { liveStanding } from "./live-standing.ts";
import { receiptOfRun, variablesFor, writeReceipt } from "./receipt-file.ts";
import { sealOf } from "./receipt-keys.ts";
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

async function recordStack(graph: ResourceGraph, folder: string, recording: Recording): Promise<Receipt> {
  const { contract, seal, context } = recording;
  const maxAgeMs = own(contract.environments, graph.name)?.receiptAgeMs;
  return writeReceipt(graph, {
    contract,
    folder,
    seal,
    ...(maxAgeMs !== undefined && { maxAgeMs }),
    live: liveStanding(contract, graph.name, seal),
    context,
    judge: () => judge(graph, recording),
  });
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
  return receiptOfRun(subject, () =>
    runForResult("gate", { ...options, env: graph.name }, context, () =>
      Promise.resolve({
        source: { kind: "cdktf", directory, graphs },
        key: randomBytes(32).toString("hex"),
      }),
    ),
  );
}
