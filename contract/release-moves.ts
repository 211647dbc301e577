import { canonicalJson } from "./canonical.ts";
import { own } from "./contract.ts";
import { receiptTime } from "./receipt-terms.ts";
import { RELEASE_SCHEMA } from "./release-schema.ts";
import { RELEASE_FILE, parseRelease } from "./release.ts";
import type { KeptEntry, Release, ReleaseEntry } from "./release.ts";

/** Where a contract says nothing of sockets: as long as Cloud Run lets a request live at most (fact R2). */
const LONGEST_MS = 3_600_000;

/**
 * The release after a promotion: what was live is kept until its last socket has ended, and the candidate is kept no more.
 * What is live already is no promotion, and moves nothing; it takes the newer proof.
 * @param release undefined where nothing was released yet.
 */
export function promoted(release: Release | undefined, candidate: ReleaseEntry, now: Date): Release {
  if (release === undefined) return { live: candidate, kept: [] };
  const { live } = release;
  if (live.stamp === candidate.stamp)
    return { live: { ...candidate, proof: candidate.proof ?? live.proof }, kept: release.kept };
  return { live: candidate, kept: [leaving(live, now), ...without(release.kept, candidate)] };
}

/**
 * The release after a rollback: what left last is live again, and what was live is kept and marked, so that a second
 * rollback never goes forward. Undefined where nothing is left to go back to.
 */
export function rolledBack(release: Release, now: Date): Release | undefined {
  const back = release.kept.find(({ withdrawn }) => withdrawn !== true);
  if (back === undefined) return undefined;
  const { until: _until, withdrawn: _withdrawn, ...live } = back;
  return { live, kept: [{ ...leaving(release.live, now), withdrawn: true }, ...without(release.kept, live)] };
}

/** The release whose move has just come to its end: until then the edge still sent requests to what it left. */
export function moveEnded({ live, kept: [left, ...rest] }: Release, now: Date): Release {
  return { live, kept: left === undefined ? [] : [leaving(left, now), ...rest] };
}

/** The release without what ended before now. An entry that knows no end, of an older file, gets one from now on. */
export function withoutEnded(release: Release, now: Date): Release {
  const kept = release.kept
    .filter(({ until }) => until === undefined || Date.parse(until) > now.getTime())
    .map((entry) => (entry.until === undefined ? { ...entry, until: endOf(entry, now) } : entry));
  return { ...release, kept };
}

/**
 * Longest that a socket or request of this release may live, in milliseconds: of each route its declared lifetime, and of
 * a websocket route without one its service's request timeout (fact R2); an hour where no route says anything.
 */
export function longestLifetimeMs({ contract: { routes, services } }: ReleaseEntry): number {
  const lives = routes.flatMap(({ lifetimeMs, protocol, service }) => {
    if (lifetimeMs !== undefined) return [lifetimeMs];
    return protocol === "websocket" ? (own(services, service)?.timeoutMs ?? []) : [];
  });
  return lives.length === 0 ? LONGEST_MS : Math.max(...lives);
}

/**
 * Text of the release file with one environment's release in it; the others stay as they are, sorted keys apart.
 * @param text the file as it stands; undefined where there is none.
 * @throws ContractError for a text that is no release.
 */
export function renderReleases(text: string | undefined, environment: string, release: Release): string {
  const others = text === undefined ? {} : parseRelease(text, RELEASE_FILE).environments;
  const environments = { ...others, [environment]: release };
  const sorted: unknown = JSON.parse(canonicalJson({ schema: RELEASE_SCHEMA, environments }));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

function leaving(live: KeptEntry, now: Date): KeptEntry {
  return { ...live, until: endOf(live, now) };
}

/** Rounded up: a socket never ends later than what is written. */
function endOf(entry: ReleaseEntry, now: Date): string {
  return receiptTime(new Date(Math.ceil((now.getTime() + longestLifetimeMs(entry)) / 1000) * 1000));
}

function without(kept: readonly KeptEntry[], { stamp }: ReleaseEntry): KeptEntry[] {
  return kept.filter((each) => each.stamp !== stamp);
}
