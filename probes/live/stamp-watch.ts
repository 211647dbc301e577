import { setTimeout as wait } from "node:timers/promises";
import { STAMP_HEADER } from "../../contract/stamp.ts";
import { timeLimit } from "../../http/time-limit.ts";
import type { EdgeAt } from "../facts/target.ts";
import { readStamp } from "./stamp-reading.ts";
import type { Reading, UnreadyPhase } from "./stamp-reading.ts";

/** How long a stamp is waited for, and when it is believed. */
export interface Patience {
  /** Answers with the stamp, one after the other on fresh connections, that every host must give. */
  readonly inRow: number;
  /** Pause between two rounds, in milliseconds. */
  readonly everyMs: number;
  /** Longest time for all of it, in milliseconds. */
  readonly withinMs: number;
}

/** How often a host answered with a stamp; null: with none. */
export interface CountedStamp {
  readonly stamp: string | null;
  readonly count: number;
}

/**
 * What came of looking for a stamp. `not-propagated`: answers came, and not all of them from the map that is meant.
 * `not-ready`: the host gave no answer that counts; how far the last request came. `detail` is one line and holds no secret.
 */
export type StampSeen =
  | { readonly kind: "answered"; readonly tries: number }
  | {
      readonly kind: "not-propagated";
      readonly host: string;
      readonly seen: readonly CountedStamp[];
      readonly detail: string;
    }
  | { readonly kind: "not-ready"; readonly host: string; readonly phase: UnreadyPhase; readonly detail: string }
  | { readonly kind: "interrupted" };

/**
 * Reads the stamp by GET on fresh connections of every host until it stands `inRow` times in a row on each. A change
 * takes its time to reach every front end, so one answer proves nothing. Ends with `signal` or after `withinMs`.
 * @param onWait told after each round that was not the last how far it is, in one line without a secret.
 */
export async function awaitStamp(
  edge: EdgeAt,
  patience: Patience,
  signal: AbortSignal,
  onWait: (state: string) => void = () => undefined,
): Promise<StampSeen> {
  const limit = timeLimit(signal, patience.withinMs);
  try {
    return await watch(edge, { ...patience, onWait, limit: limit.signal, run: signal });
  } finally {
    limit.release();
  }
}

/** The same without waiting: the first answer that is another one ends it. */
export function confirmStamp(edge: EdgeAt, inRow: number, signal: AbortSignal): Promise<StampSeen> {
  return watch(edge, { inRow, everyMs: 0, endsAtMismatch: true, limit: signal, run: signal });
}

interface Watching {
  readonly inRow: number;
  readonly everyMs: number;
  readonly endsAtMismatch?: true;
  readonly onWait?: (state: string) => void;
  /** Ends the looking. */
  readonly limit: AbortSignal;
  /** Aborted by a person or the run's deadline, which is no answer. */
  readonly run: AbortSignal;
}

async function watch(
  edge: EdgeAt,
  { inRow, everyMs, endsAtMismatch, onWait, limit, run }: Watching,
): Promise<StampSeen> {
  const hosts = [...new Set(edge.hosts)].map((host): Watched => ({ host, row: 0, seen: new Map() }));
  if (hosts.length === 0) throw new Error("there is no host whose stamp could be read");
  for (let tries = 1; ; tries++) {
    await Promise.all(hosts.map(async (one) => note(one, await readStamp(edge, one.host, limit), edge.stamp)));
    if (run.aborted) return { kind: "interrupted" };
    if (hosts.every(({ row }) => row >= inRow)) return { kind: "answered", tries };
    if (endsAtMismatch === true && hosts.some(({ row }) => row === 0)) return undecided(hosts, edge);
    onWait?.(hosts.map((one) => progressOf(one, inRow)).join("; "));
    await wait(everyMs, undefined, { signal: limit }).catch(() => undefined);
    // Read again: the pause may have ended it.
    if (isAborted(run)) return { kind: "interrupted" };
    if (isAborted(limit)) return undecided(hosts, edge);
  }
}

function isAborted({ aborted }: AbortSignal): boolean {
  return aborted;
}

/** A host, and what it answered so far. */
interface Watched {
  readonly host: string;
  row: number;
  readonly seen: Map<string | null, number>;
  last?: Reading;
}

function note(watched: Watched, reading: Reading, wanted: string): void {
  // A request that the end of the time cut off says less than the one before it.
  if ("wasCut" in reading && reading.wasCut && watched.last !== undefined) return;
  watched.last = reading;
  const stamp = "stamp" in reading ? reading.stamp : undefined;
  watched.row = stamp === wanted ? watched.row + 1 : 0;
  if (stamp !== undefined) watched.seen.set(stamp, (watched.seen.get(stamp) ?? 0) + 1);
}

function undecided(hosts: readonly Watched[], edge: EdgeAt): StampSeen {
  const { host, seen, last } = hosts.reduce((least, one) => (one.row < least.row ? one : least));
  if (last === undefined || "phase" in last) {
    const { phase, detail } = last ?? { phase: "http" as const, detail: "nothing was asked" };
    return { kind: "not-ready", host, phase, detail: `${host}: ${detail}` };
  }
  const isStamped = [...seen.keys()].some((stamp) => stamp !== null);
  if (edge.edge === "preview" && !isStamped)
    return { kind: "not-ready", host, phase: "http", detail: refusedWords(host, last.status) };
  const counted = [...seen].map(([stamp, count]): CountedStamp => ({ stamp, count }));
  return { kind: "not-propagated", host, seen: counted, detail: mixedWords(host, edge.stamp, counted) };
}

/** A closed edge answers strangers like one that is not there. */
function refusedWords(host: string, status: number): string {
  return `${host} answers ${status} without ${STAMP_HEADER}: the preview edge lets in only requests with its token, from the addresses in preview.allow, and a change takes minutes to reach every front end`;
}

function mixedWords(host: string, wanted: string, seen: readonly CountedStamp[]): string {
  const words = seen.map(({ stamp, count }) => `${count} with ${stamp === wanted ? "it" : stampWords(stamp)}`);
  return `${host} does not answer with stamp ${shortStamp(wanted)} every time: ${words.join(", ")}`;
}

function progressOf({ host, row, last }: Watched, inRow: number): string {
  if (last === undefined) return `${host}: not asked yet`;
  if ("phase" in last) return `${host}: ${last.detail}`;
  return row > 0
    ? `${host}: ${Math.min(row, inRow)} of ${inRow} in a row`
    : `${host}: answered with ${stampWords(last.stamp)} (status ${last.status})`;
}

function stampWords(stamp: string | null): string {
  return stamp === null ? "no stamp" : `stamp ${shortStamp(stamp)}`;
}

/** Enough of a stamp to tell it from others; what is none comes from outside and is not repeated. */
export function shortStamp(stamp: string): string {
  return /^[0-9a-f]{64}$/.test(stamp) ? `${stamp.slice(0, 12)}…` : "(no SHA-256)";
}
