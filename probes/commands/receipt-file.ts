import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Contract } from "../../contract/contract.ts";
import { DEFAULT_RECEIPT_AGE_MS } from "../../contract/contract.ts";
import { ContractError } from "../../contract/problem.ts";
import { RECEIPT_FILE, configurationDigest, parseReceipt, renderReceipt } from "../../contract/receipt.ts";
import type { Receipt } from "../../contract/receipt.ts";
import type { Result } from "../facts/result.ts";
import { receiptOf, receiptOfTrouble } from "../receipts/receipt-of.ts";
import type { Subject } from "../receipts/receipt-of.ts";
import { ConfigurationError } from "../terraform/configuration-error.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import type { GivenVariables } from "../terraform/read-cdktf-out.ts";
import type { CommandContext } from "./context.ts";
import { InterruptedError, UsageError } from "./context.ts";
import type { LiveStanding } from "./live-standing.ts";
import { keepsSigned } from "./receipt-keys.ts";
import type { Seal } from "./receipt-keys.ts";

export interface Writing {
  readonly contract: Pick<Contract, "digest">;
  /** The root module that the receipt speaks of, absolute: it is written there. */
  readonly folder: string;
  readonly seal: Seal;
  /** How long a receipt holds; default: as long as where a contract says nothing. */
  readonly maxAgeMs?: number;
  /** For a stack whose public edge must have been probed where it runs. */
  readonly live?: LiveStanding;
  readonly context: CommandContext;
  /** Looks, and says what was found; not called where a signed receipt stays. */
  readonly judge: () => Promise<Receipt>;
}

/** The receipt beside a configuration: one that is signed and still good stays, else it is written anew and sealed. */
export async function writeReceipt(
  graph: ResourceGraph,
  { contract, folder, seal, maxAgeMs = DEFAULT_RECEIPT_AGE_MS, live = {}, context, judge }: Writing,
): Promise<Receipt> {
  const file = join(folder, RECEIPT_FILE);
  const old = readReceipt(file);
  const digest = graph.basis === undefined ? "" : configurationDigest(graph.basis);
  const fresh = { digest, contract: contract.digest, live: live.proof, now: context.now(), maxAgeMs, seal };
  if (old !== undefined && keepsSigned(old, fresh)) {
    context.stdout(`${graph.name}: kept the signed receipt of ${old.at}: ${old.verdict}, ${old.summary}\n`);
    return old;
  }
  rmSync(file, { force: true });
  if (live.missing !== undefined) context.stderr(`headgate: ${graph.name} is not proved live: ${live.missing}\n`);
  const judged = { ...(await judge()), ...(live.proof !== undefined && { live: live.proof }) };
  const receipt = seal.close(judged, live.missing !== undefined);
  // Whole or not at all: half a receipt is none, and says so less clearly.
  writeFileSync(`${file}.new`, renderReceipt(receipt));
  renameSync(`${file}.new`, file);
  context.stdout(`${graph.name}: ${receipt.verdict}, ${receipt.summary}\n`);
  for (const line of receipt.failing) context.stdout(`  ${line}\n`);
  if (receipt.override !== undefined)
    context.stderr(`headgate: ${graph.name} is OVERRIDDEN by ${receipt.override.owner}: ${receipt.override.reason}\n`);
  return receipt;
}

/** What a run says of its subject, one that came to no result included. */
export async function receiptOfRun(subject: Subject, run: () => Promise<Result>): Promise<Receipt> {
  try {
    return receiptOf(subject, await run());
  } catch (error) {
    if (error instanceof InterruptedError) return receiptOfTrouble(subject, "inconclusive", error.message);
    const isUsage =
      error instanceof UsageError || error instanceof ConfigurationError || error instanceof ContractError;
    const message = error instanceof Error ? error.message : String(error);
    return receiptOfTrouble(subject, isUsage ? "usage" : "internal", message);
  }
}

/** As Terraform takes them: the environment's first, so that files and options beat them. */
export function variablesFor({ vars, varFiles }: GivenVariables, { env }: CommandContext): GivenVariables {
  const environment = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith("TF_VAR_") && value !== undefined ? [`${name.slice("TF_VAR_".length)}=${value}`] : [],
  );
  // It beats what was selected.
  const workspace = env["TF_WORKSPACE"];
  return {
    environment,
    ...(workspace !== undefined && workspace !== "" && { workspace }),
    ...(vars !== undefined && { vars }),
    ...(varFiles !== undefined && { varFiles }),
  };
}

/** What stands there, if it is a receipt; anything else is written anew. */
function readReceipt(file: string): Receipt | undefined {
  try {
    return parseReceipt(readFileSync(file, "utf8"), file);
  } catch {
    return undefined;
  }
}
