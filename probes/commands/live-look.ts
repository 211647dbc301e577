import type { Contract } from "../../contract/contract.ts";
import type { Result } from "../facts/result.ts";
import type { EdgeAt } from "../facts/target.ts";
import type { LiveSource } from "../pipeline/input.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { lookForResult } from "./run.ts";
import type { RunOptions } from "./run.ts";
import { witnessKey } from "./witness-key.ts";

/** How a running edge is looked at. */
export interface LookOptions extends Pick<RunOptions, "timeout" | "deadline" | "concurrency" | "prober"> {
  /** Verb that the result stands under. */
  readonly verb: string;
  /** `own`: only at routes whose service is its own witness; the others are named in `notLookedAt`. */
  readonly witnessed?: "own";
}

const SAME_KEY =
  "a live run opens the witness with a signature: set HEADGATE_KEY to the key that the witness was started with";

/** The key with which a run opens the witnesses behind a running edge. @throws UsageError */
export function liveKey({ env }: Pick<CommandContext, "env">): string {
  return witnessKey(env, SAME_KEY);
}

/** Shortest token that can be told from a value that holds it by chance, in characters. */
const MIN_TOKEN = 16;

/** Value of the header that opens the preview edge, from HEADGATE_PREVIEW_TOKEN. @throws UsageError */
export function previewToken(env: CommandContext["env"]): string {
  const token = env["HEADGATE_PREVIEW_TOKEN"] ?? "";
  const from = "set it to what `terraform output -raw preview-token` prints in the folder of the stack";
  if (token === "") throw new UsageError(`HEADGATE_PREVIEW_TOKEN is not set, and the preview edge is closed; ${from}`);
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError(
      `HEADGATE_PREVIEW_TOKEN holds a blank, a line end or another character that no token has; ${from}`,
    );
  if (token.length < MIN_TOKEN)
    throw new UsageError(`HEADGATE_PREVIEW_TOKEN has fewer than ${MIN_TOKEN} characters; ${from}`);
  return token;
}

/**
 * Probes a running edge with all cases of its environment. What it answers counts only under the stamp of `edge`; where
 * that does not hold throughout, every cell is inconclusive. Nothing is printed.
 * @param declared the contract that the edge was built from: itself, or its file.
 * @throws UsageError for a missing key; ContractError for a file that is none.
 */
export function lookLive(
  edge: EdgeAt,
  declared: Contract | string,
  options: LookOptions,
  context: CommandContext,
): Promise<Result> {
  const { verb, witnessed, ...limits } = options;
  const source: LiveSource = {
    ...edge,
    kind: "live",
    at: placeOf(edge),
    ...(witnessed !== undefined && { witnessed }),
  };
  const run = { ...limits, contract: declared, env: edge.env };
  return lookForResult(verb, run, context, () => Promise.resolve({ source, key: liveKey(context) }));
}

/** Whether anybody behind the edge that users meet can say what arrives. */
export function hasOwnWitness({ routes, services }: Pick<Contract, "routes" | "services">): boolean {
  return routes.some(({ service }) => services[service]?.witness === "application");
}

/** Where an edge is, in words that stand in a report. */
export function placeOf({ pinned }: Pick<EdgeAt, "pinned">): string {
  if (pinned === undefined) return "the declared hosts";
  const { scheme, address, port } = pinned;
  return `${scheme}://${address.includes(":") ? `[${address}]` : address}:${port}`;
}
