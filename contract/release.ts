import { existsSync } from "node:fs";
import type * as z from "zod";
import { canonicalContract, digestOf } from "./canonical.ts";
import type { CanonicalContract } from "./canonical.ts";
import { DEFAULT_RECEIPT_AGE_MS, own } from "./contract.ts";
import type { Contract, Environment, Position } from "./contract.ts";
import { readText } from "./load.ts";
import { parseLocated } from "./locate.ts";
import type { LocatedYaml, Path } from "./locate.ts";
import { ContractError, nearest } from "./problem.ts";
import type { Problem } from "./problem.ts";
import type { LiveProof } from "./live-proof.ts";
import { candidateFile, entryProblem, releaseFile } from "./release-schema.ts";
import type { WrittenEntry } from "./release-schema.ts";
import { pathText } from "./shape-problems.ts";
import { stampOf } from "./stamp.ts";
import type { Stamped } from "./stamp.ts";
import { VERSION } from "./version.ts";

/** File beside the contract that says, for each environment with `promotion: preview`, what is live. */
export const RELEASE_FILE = "release.json";

/** File beside `cdk.tf.json` that holds what a promotion makes live. */
export const CANDIDATE_FILE = "candidate.json";

/** One set of generations that went live, with everything its edge was built from. */
export interface ReleaseEntry extends Stamped {
  readonly stamp: string;
  /** That this very stamp was probed where it runs; what was live before any promotion has none. */
  readonly proof?: LiveProof | undefined;
}

/** An entry that is live no longer, kept for the sockets that are still open. */
export interface KeptEntry extends ReleaseEntry {
  /** RFC 3339 in UTC, whole seconds: by then its last socket has ended. Undefined: left live before ends were written. */
  readonly until?: string | undefined;
  /** It was taken back: no rollback leads to it again. */
  readonly withdrawn?: true | undefined;
}

/** What is live in an environment, and what is kept: what left last stands first. */
export interface Release {
  readonly live: ReleaseEntry;
  readonly kept: readonly KeptEntry[];
}

/** Nobody writes this file by hand. */
const REMEDY = "take the file from the last promotion";

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
 * @throws ContractError for a file that is not a release, and for an entry that nothing could be built from or whose stamp
 * does not fit it.
 */
export function loadRelease(file: string, environment: string): Release | undefined {
  return releaseIn(readRelease(file), environment);
}

/** What is live in the environments of a contract, and what a person should know of those where nothing is. */
export interface Releases {
  readonly live: ReadonlyMap<string, Release>;
  /** A line each. */
  readonly notices: readonly string[];
}

/**
 * The release of every environment of a contract. Without one an environment with `promotion: preview` goes live as the
 * contract stands, which must not happen unnoticed: a file of another name looks like none.
 * @throws ContractError as `loadRelease`, and for an environment that the contract does not have.
 */
export function loadReleases(file: string, { environments }: Pick<Contract, "environments">): Releases {
  const read = readRelease(file);
  if (read !== undefined) refuseUnknown(read, Object.keys(environments));
  const live = new Map(
    Object.keys(environments).flatMap((id) => {
      const release = releaseIn(read, id);
      return release === undefined ? [] : [[id, release] as const];
    }),
  );
  const unreleased = Object.values(environments).filter(
    ({ id, promotion }) => promotion === "preview" && !live.has(id),
  );
  const ids = unreleased.map(({ id }) => id).join(", ");
  const why = read === undefined ? "no such file" : `no entry for ${ids}`;
  const notice = `${file}: ${why}, so nothing counts as live in ${ids}: the public edge is built from the contract as it stands, as before a first promotion`;
  return { live, notices: unreleased.length === 0 ? [] : [notice] };
}

/**
 * What the stacks wrote as the candidate of an environment.
 * @throws ContractError for a file that is none: missing, of another shape, or with a stamp that does not fit it.
 */
export function loadCandidate(file: string): ReleaseEntry {
  const json = parsedJson(readText(file), file);
  return checked(shaped(candidateFile, json), [], json);
}

/** A release file's text, every environment in it, and the place of each part. */
export interface ReadRelease {
  readonly json: LocatedYaml;
  readonly environments: z.infer<typeof releaseFile>["environments"];
}

/** @throws ContractError for a text that is no release; the entries themselves are not looked into. */
export function parseRelease(text: string, file: string): ReadRelease {
  const json = parsedJson(text, file);
  return { json, environments: shaped(releaseFile, json).environments };
}

function readRelease(file: string): ReadRelease | undefined {
  return existsSync(file) ? parseRelease(readText(file), file) : undefined;
}

function parsedJson(text: string, file: string): LocatedYaml {
  const json = parseLocated(text, file);
  const [error] = json.errors;
  if (error !== undefined) throw refuse(error.at, "", `not valid JSON: ${error.message}`);
  return json;
}

function shaped<Shape extends z.ZodType>(shape: Shape, json: LocatedYaml): z.infer<Shape> {
  const parsed = shape.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []) as Path;
  throw refuse(json.at(path), pathText(path), `${issue?.message ?? "is not a release"}; ${REMEDY}`);
}

function releaseIn(read: ReadRelease | undefined, environment: string): Release | undefined {
  const release = read === undefined ? undefined : own(read.environments, environment);
  if (read === undefined || release === undefined) return undefined;
  const at = ["environments", environment];
  return {
    live: checked(release.live, [...at, "live"], read.json),
    kept: release.kept.map((kept, index) => checked(kept, [...at, "kept", index], read.json)),
  };
}

/** A misspelt environment would leave the right one without a release. */
function refuseUnknown({ json }: ReadRelease, valid: readonly string[]): void {
  const written = Object.keys((json.value as { environments: object }).environments);
  const problems = written
    .filter((id) => !valid.includes(id))
    .map((id): Problem => {
      const near = nearest(id, valid);
      const path = ["environments", id];
      return {
        at: json.keyAt(path),
        path: pathText(path),
        message: "no such environment in the contract",
        value: JSON.stringify(id),
        valid,
        ...(near !== undefined && { nearest: near }),
      };
    });
  if (problems.length > 0) throw new ContractError(problems);
}

function checked<Entry extends WrittenEntry>(
  written: Entry,
  path: Path,
  json: LocatedYaml,
): Entry & { readonly contract: CanonicalContract } {
  const refuseAt = (inner: Path, message: string): ContractError =>
    refuse(json.at([...path, ...inner]), pathText([...path, ...inner]), `${message}; ${REMEDY}`);
  const problem = entryProblem(written);
  if (problem !== undefined) throw refuseAt(problem.path, problem.message);
  const release = { ...written, contract: written.contract as unknown as CanonicalContract };
  if (stampOf(release) !== written.stamp)
    throw refuseAt(["stamp"], "does not fit the contract and generations beside it");
  if (written.proof !== undefined && written.proof.stamp !== written.stamp)
    throw refuseAt(["proof", "stamp"], "is of another release than the one that it stands in");
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
  const environment: Environment = {
    ...contract.environment,
    receiptAgeMs: DEFAULT_RECEIPT_AGE_MS,
    services: {},
    at,
  };
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
