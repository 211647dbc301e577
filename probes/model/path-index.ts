import type { Provenance, Unknown } from "../facts/provenance.ts";
import type { PathRule } from "./url-map.ts";

/** A path of a rule, as it is written. */
export interface PathEntry {
  readonly rule: PathRule;
  /** `/ws`, or what stands before the `*` of `/ws/*`. */
  readonly path: string;
  readonly isPrefix: boolean;
  readonly by: Provenance;
}

/** A rule, and why one of its paths cannot be told. */
export interface UnreadRule {
  readonly rule: PathRule;
  readonly because: Unknown;
}

/** Paths of a matcher for lookup, so that many rules cost no more than few. */
export interface PathIndex {
  readonly exact: ReadonlyMap<string, PathEntry>;
  /** By the folder with its final slash. */
  readonly prefix: ReadonlyMap<string, PathEntry>;
  /** Rules with a path that cannot be read. */
  readonly unread: readonly UnreadRule[];
}

/** The first rule of several for one path is taken. */
export function indexPaths(entries: readonly PathEntry[], unread: readonly UnreadRule[]): PathIndex {
  const exact = new Map<string, PathEntry>();
  const prefix = new Map<string, PathEntry>();
  for (const entry of entries) {
    const map = entry.isPrefix ? prefix : exact;
    if (!map.has(entry.path)) map.set(entry.path, entry);
  }
  return { exact, prefix, unread };
}

/** Exact first, then the longest prefix; case counts, and `/ws/*` does not match `/ws` (fact U12). */
export function pathEntryFor({ exact, prefix }: PathIndex, path: string): PathEntry | undefined {
  const own = exact.get(path);
  if (own !== undefined) return own;
  for (let slash = path.lastIndexOf("/"); slash !== -1; slash = slash === 0 ? -1 : path.lastIndexOf("/", slash - 1)) {
    const found = prefix.get(path.slice(0, slash + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
