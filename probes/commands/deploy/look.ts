import { hostIn } from "../../../contract/contract.ts";
import type { Contract, Environment } from "../../../contract/contract.ts";
import type { Look } from "../../facts/deployed.ts";
import type { Result } from "../../facts/result.ts";
import type { EdgeAt } from "../../facts/target.ts";
import { EXIT_CODE } from "../../gate/verdict.ts";
import { readiness } from "../../live/readiness.ts";
import type { HostReadiness } from "../../live/readiness.ts";
import { awaitStamp, shortStamp } from "../../live/stamp-watch.ts";
import { InterruptedError } from "../context.ts";
import { hasOwnWitness, lookLive } from "../live-look.ts";
import { transportOf } from "../transport.ts";
import { StoppedError } from "./going.ts";
import type { Going } from "./going.ts";
import type { StackOutputs } from "./outputs-of.ts";
import { edgeAt } from "./places.ts";
import type { EdgeName, Places } from "./places.ts";

/** Answers in a row, on fresh connections, by which a change counts as arrived everywhere that can be reached. */
const IN_ROW = 8;
const EVERY_MS = 250;

/** What an edge was built from, and what it answers. */
export interface Built {
  readonly contract: Contract;
  readonly environment: Environment;
  readonly stamp: string;
}

export interface Looking extends Built {
  readonly edge: EdgeName;
  readonly outputs: StackOutputs;
  readonly places: Places;
}

/** Hosts of a contract in an environment. */
function hostsOf({ contract, environment }: Pick<Built, "contract" | "environment">): string[] {
  return [...new Set(contract.routes.map((route) => hostIn(route, environment)))];
}

function routesOf({ contract, environment }: Built): string[] {
  return contract.routes.map((route) => `${hostIn(route, environment)} ${route.paths.join(" ")}`);
}

/**
 * Waits until an edge answers as it was built, and probes it. On the public edge only services that are their own witness
 * can say what arrives; without one the stamp alone is looked at.
 * @returns the run that probed, undefined where none could.
 * @throws StoppedError where the edge is not ready, answers as it was before, or does not keep the contract.
 */
export async function look(looking: Looking, going: Going): Promise<Result | undefined> {
  const { edge, contract } = looking;
  const at = placeOf(looking, going);
  await settled(at, looking, going);
  const unnamed = await namesElsewhere(at, looking, going);
  const isWitnessed = edge === "preview" || hasOwnWitness(contract);
  if (!isWitnessed) {
    const detail = `answers with stamp ${shortStamp(at.stamp)}, ${IN_ROW} times in a row on every host; no service is its own witness`;
    note({ edge, verdict: "pass", detail, notLookedAt: [...routesOf(looking), ...unnamed] }, going);
    return undefined;
  }
  const options = { ...going.options, verb: "deploy", ...(edge === "public" && { witnessed: "own" as const }) };
  const result = await lookLive(at, contract, options, going.context);
  const { verdict, counts, notLookedAt, reasons } = result;
  const detail = verdict === "pass" ? `${counts.pass} checks passed on live traffic` : reasons.join("; ");
  note({ edge, verdict, detail, counts, notLookedAt: [...notLookedAt, ...unnamed] }, going);
  if (going.context.signal.aborted) throw new InterruptedError(`the look at the ${edge} edge`, going.context.signal);
  if (verdict !== "pass") throw new StoppedError(EXIT_CODE[verdict], `the ${edge} edge did not pass: ${detail}`);
  return result;
}

function placeOf({ edge, outputs, places, stamp, ...built }: Looking, { stack, context }: Going): EdgeAt {
  const { addresses, preview } = outputs;
  return {
    env: stack,
    hosts: hostsOf(built),
    stamp,
    transport: transportOf({}, context),
    ...edgeAt(edge, edge === "preview" ? preview!.addresses : addresses, places),
    ...(edge === "preview" && { edge, token: preview!.token }),
  };
}

function note(seen: Look, { journal }: Going): void {
  journal.looks.push(seen);
  journal.say(`${seen.edge} edge: ${seen.verdict}, ${seen.detail}`);
}

/** @throws StoppedError, with what a person has to do where names or certificates are not there yet. */
async function settled(at: EdgeAt, looking: Looking, going: Going): Promise<void> {
  const { journal, context, options } = going;
  const { edge } = looking;
  const patience = { inRow: IN_ROW, everyMs: EVERY_MS, withinMs: options.wait * 1000 };
  const seen = await awaitStamp(at, patience, context.signal, (state) => {
    journal.waiting(`waiting for the ${edge} edge: ${state}`);
  });
  if (seen.kind === "answered") return;
  if (seen.kind === "interrupted") throw new InterruptedError(`the wait for the ${edge} edge`, context.signal);
  const isReadable = seen.kind === "not-propagated";
  const why = isReadable ? `not propagated: ${seen.detail}` : `edge not ready: ${seen.detail}`;
  note({ edge, verdict: "inconclusive", detail: why, notLookedAt: [] }, going);
  const missing = isReadable ? [] : await unready(at, looking, going);
  throw new StoppedError(EXIT_CODE.inconclusive, [`${why} (waited ${options.wait} s)`, ...missing].join("\n"));
}

/** Names and certificates of each host, as far as they stand in the way. */
async function unready(at: EdgeAt, looking: Looking, going: Going): Promise<string[]> {
  const hosts = await readinessOf(at, looking, going);
  return hosts.filter(({ dns, tls }) => !GOOD.includes(dns) || tls !== "ok").map(({ detail }) => `  ${detail}`);
}

/** The preview edge has no names of its own, and an edge that is met elsewhere is named only where somebody says who knows. */
function asksNames({ edge, places }: Looking, { options }: Going): boolean {
  return edge === "public" && (places.instead.public === undefined || options.dns !== undefined);
}

function readinessOf({ stamp: _, ...at }: EdgeAt, looking: Looking, going: Going): Promise<HostReadiness[]> {
  const { dns } = going.options;
  const wanted = asksNames(looking, going) ? looking.outputs.addresses : {};
  return readiness(at, wanted, dns === undefined ? {} : { servers: [dns] }, going.context.signal);
}

const GOOD: readonly string[] = ["ok", "not-asked"];

/**
 * Names that lead to another address, or that nobody could be asked for: something may stand in front of the edge, which is
 * no fault of it, and was not looked at.
 * @throws StoppedError where a name leads nowhere.
 */
async function namesElsewhere(at: EdgeAt, looking: Looking, going: Going): Promise<string[]> {
  if (!asksNames(looking, going)) return [];
  const { edge } = looking;
  const hosts = await readinessOf(at, looking, going);
  const missing = hosts.filter(({ dns }) => dns === "missing").map(({ detail }) => detail);
  if (missing.length === 0) return hosts.filter(({ dns }) => !GOOD.includes(dns)).map(({ detail }) => detail);
  const why = `edge not ready: it answers, and ${missing.length} of its names lead nowhere`;
  note({ edge, verdict: "inconclusive", detail: why, notLookedAt: [] }, going);
  throw new StoppedError(EXIT_CODE.inconclusive, [why, ...missing.map((each) => `  ${each}`)].join("\n"));
}
