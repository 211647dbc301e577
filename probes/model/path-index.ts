import { mayBe } from "./partial-text.ts";
import type { PathEntry, PathIndex, UnreadRule } from "./url-map.ts";

export function indexPaths(entries: readonly PathEntry[], unread: readonly UnreadRule[]): PathIndex {
  const exact = new Map<string, PathEntry>();
  const prefix = new Map<string, PathEntry>();
  const repeated = new Map<string, PathEntry[]>();
  for (const entry of entries) {
    const map = entry.isPrefix ? prefix : exact;
    if (!map.has(entry.path)) map.set(entry.path, entry);
    else repeated.set(written(entry), [...(repeated.get(written(entry)) ?? []), entry]);
  }
  return { exact, prefix, repeated, unread };
}

/** The entry as a configuration writes it: `/ws` or `/ws/*`. */
function written({ path, isPrefix }: PathEntry): string {
  return isPrefix ? `${path}*` : path;
}

/** Other entries of the same path: the order of a list is of no account (fact U12), so that none of them comes first. */
export function othersFor({ repeated }: PathIndex, entry: PathEntry): readonly PathEntry[] {
  return repeated.get(written(entry)) ?? [];
}

/** Rules that may name the path more exactly than the entry that is found. */
export function unreadFor({ unread }: PathIndex, path: string, found: PathEntry | undefined): readonly UnreadRule[] {
  if (found?.isPrefix === false) return [];
  return unread.filter(({ text }) =>
    text.ends === "" || text.ends.endsWith("*") ? path.startsWith(text.starts) : mayBe(text, path),
  );
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
