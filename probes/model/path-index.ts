import type { PathEntry, PathIndex, UnreadRule } from "./url-map.ts";

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
