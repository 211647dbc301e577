import type { Contract, Environment } from "../../contract/contract.ts";
import { loadContract } from "../../contract/load.ts";
import type { FailOn, Finding } from "../facts/finding.ts";
import type { Baseline } from "../facts/waiver.ts";
import { accept, refuseUnknownRules } from "../pipeline/accept.ts";
import { auditEnvironments, auditStacks } from "../pipeline/audit-stacks.ts";
import { readEdges } from "./choose-edge.ts";
import type { EdgeSource } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { UsageError, today } from "./context.ts";
import { contractFile, environmentFor } from "./declared.ts";
import { sourceOptions } from "./source-options.ts";
import type { SourceChoice } from "./source-options.ts";

export interface FindOptions extends SourceChoice {
  readonly contract?: string;
  readonly env?: string;
  readonly failOn: FailOn;
  readonly baseline?: Baseline | "new";
}

export interface Found {
  readonly source: EdgeSource;
  readonly contract: Contract | undefined;
  /** All of them: those that somebody accepts are marked. */
  readonly findings: readonly Finding[];
}

/**
 * What the static rules find in a configuration, with the contract where there is one; no header is followed.
 * @throws UsageError for a stack or an environment that does not exist, and what reading throws.
 */
export async function findIn(at: string, options: FindOptions, context: CommandContext): Promise<Found> {
  const source = await readEdges(at, sourceOptions(options));
  const file = contractFile(options.contract, context.cwd);
  const contract = file === undefined ? undefined : loadContract(file);
  if (contract !== undefined) refuseUnknownRules(contract);
  const environments = contract === undefined ? [] : environmentsOf(contract, source, options.env);
  const names = contract === undefined ? stacksOf(source, options.env) : [...source.stacks.keys()];
  const audit =
    contract === undefined
      ? auditStacks(names.map((name) => ({ graph: source.graphs.get(name)!, edges: source.stacks.get(name)! })))
      : auditEnvironments(source, { contract, environments });
  const { findings } = accept([], audit, {
    today: today(context),
    failOn: options.failOn,
    graphs: names.map((name) => source.graphs.get(name)!),
    ...(contract !== undefined && { declared: { contract, environments } }),
    ...(options.baseline !== undefined && { baseline: options.baseline }),
  });
  return { source, contract, findings };
}

function environmentsOf(contract: Contract, source: EdgeSource, env: string | undefined): Environment[] {
  const wanted = env ?? environmentFor(contract, source);
  const all = Object.values(contract.environments);
  const meant = wanted === undefined ? all : all.filter(({ id }) => id === wanted);
  if (meant.length > 0) return meant;
  throw new UsageError(
    `${contract.file} declares no environment ${wanted} (valid: ${all.map(({ id }) => id).join(", ")})`,
  );
}

function stacksOf({ at, stacks }: EdgeSource, env: string | undefined): string[] {
  const all = [...stacks.keys()];
  const meant = all.filter((name) => env === undefined || name === env);
  if (meant.length > 0) return meant;
  throw new UsageError(`${at} has no stack ${env} (valid: ${all.join(", ")})`);
}
