import { existsSync } from "node:fs";
import * as z from "zod";
import { canonicalContract, digestOf } from "./canonical.ts";
import type { CanonicalContract } from "./canonical.ts";
import type { Contract, Environment, Position } from "./contract.ts";
import { readText } from "./load.ts";
import { parseLocated } from "./locate.ts";
import type { LocatedYaml, Path } from "./locate.ts";
import { ContractError } from "./problem.ts";
import { pathText } from "./shape-problems.ts";
import { stampOf } from "./stamp.ts";
import type { Stamped } from "./stamp.ts";
import { VERSION } from "./version.ts";

/** File beside the contract that says, for each environment with `promotion: preview`, what is live. */
export const RELEASE_FILE = "release.json";

/** One set of generations that went live, with everything its edge was built from. */
export interface ReleaseEntry extends Stamped {
  readonly stamp: string;
}

/** What is live in an environment, and what is kept for sockets that are still open. */
export interface Release {
  readonly live: ReleaseEntry;
  readonly kept: readonly ReleaseEntry[];
}

/** Nobody writes this file by hand. */
const REMEDY = "take the file from the last promotion";

const generation = z.string().regex(/^[0-9a-f]{8}$/, "a generation is eight hexadecimal digits");
const entry = z.strictObject({
  stamp: z.string(),
  tool: z.string(),
  generations: z.record(z.string(), generation),
  contract: z.record(z.string(), z.unknown()),
});
const releaseFile = z.strictObject({
  schema: z.literal("headgate-release/1", "the only schema is headgate-release/1"),
  environments: z.record(z.string(), z.strictObject({ live: entry, kept: z.array(entry).default([]) })),
});

/** What a promotion of this contract with these generations would write as `live`. */
export function releaseEntry(
  contract: Contract,
  environment: Environment,
  generations: Readonly<Record<string, string>>,
): ReleaseEntry {
  const stamped = { contract: canonicalContract(contract, environment), generations, tool: VERSION };
  return { stamp: stampOf(stamped), ...stamped };
}

/**
 * The release of one environment; undefined where there is none yet, which is the state before the first promotion.
 * @throws ContractError for a file that is not a release, and for an entry whose stamp does not fit it.
 */
export function loadRelease(file: string, environment: string): Release | undefined {
  if (!existsSync(file)) return undefined;
  const json = parseLocated(readText(file), file);
  const [error] = json.errors;
  if (error !== undefined) throw refuse(error.at, "", `not valid JSON: ${error.message}`);
  const parsed = releaseFile.safeParse(json.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = (issue?.path ?? []) as Path;
    throw refuse(json.at(path), pathText(path), `${issue?.message ?? "is not a release"}; ${REMEDY}`);
  }
  if (!Object.hasOwn(parsed.data.environments, environment)) return undefined;
  const release = parsed.data.environments[environment]!;
  const at = ["environments", environment];
  return {
    live: checked(release.live, [...at, "live"], json),
    kept: release.kept.map((kept, index) => checked(kept, [...at, "kept", index], json)),
  };
}

function checked(written: z.infer<typeof entry>, path: Path, json: LocatedYaml): ReleaseEntry {
  const release = { ...written, contract: written.contract as unknown as CanonicalContract };
  if (stampOf(release) !== written.stamp)
    throw refuse(
      json.at([...path, "stamp"]),
      pathText([...path, "stamp"]),
      `does not fit the contract and generations beside it; ${REMEDY}`,
    );
  return release;
}

/** Contract and environment that a release was built from; every place in them is the release's own file. */
export function contractOfRelease(
  { contract }: ReleaseEntry,
  file: string,
): {
  contract: Contract;
  environment: Environment;
} {
  const at: Position = { file, line: 1, column: 1 };
  const placed = <Part extends object>(
    parts: Readonly<Record<string, Part>>,
  ): Record<string, Part & { at: Position }> =>
    Object.fromEntries(Object.entries(parts).map(([id, part]) => [id, { ...part, at }]));
  const environment: Environment = { ...contract.environment, services: {}, at };
  return {
    environment,
    contract: {
      file,
      digest: digestOf(contract),
      name: contract.name,
      environments: { [environment.id]: environment },
      headers: Object.fromEntries(
        Object.entries(contract.headers).map(([id, header]) => [id, { ...header, at, arrivesAt: at }]),
      ),
      services: placed(contract.services),
      edge: contract.edge,
      routes: contract.routes.map((route) => ({ ...route, at, pathsAt: route.paths.map(() => at) })),
      flows: {},
      budgets: {},
      waivers: [],
    },
  };
}

function refuse(at: Position, path: string, message: string): ContractError {
  return new ContractError([{ at, path, message }]);
}
