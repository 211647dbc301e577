import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { hostIn } from "../../contract/contract.ts";
import type { Contract } from "../../contract/contract.ts";
import { namesHost } from "./choose-edge.ts";
import type { EdgeSource } from "./choose-edge.ts";
import { UsageError } from "./context.ts";

const USUAL_CONTRACT = "headgate.yaml";

/** The contract that is named, else `headgate.yaml` where there is one. */
export function contractFile(named: string | undefined, cwd: string): string | undefined {
  return named ?? (existsSync(resolve(cwd, USUAL_CONTRACT)) ? USUAL_CONTRACT : undefined);
}

/**
 * Of several environments the one whose hosts the configuration names; undefined: all of them, each has its stack.
 * @throws UsageError where it cannot be told.
 */
export function environmentFor(
  { environments, routes }: Contract,
  { at, stacks }: Pick<EdgeSource, "at" | "stacks">,
): string | undefined {
  const ids = Object.keys(environments);
  if (ids.length === 1 || ids.every((id) => stacks.has(id))) return undefined;
  const models = [...stacks.values()].flat();
  const named = Object.values(environments).filter((environment) =>
    routes.every((route) => models.some((model) => namesHost(model, hostIn(route, environment)))),
  );
  if (named.length === 1) return named[0]!.id;
  throw new UsageError(`which environment does ${at} describe? name it with --env (${ids.join(", ")})`);
}
