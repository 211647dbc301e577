/** One declared path: exact, or everything below a folder (`/ws/*` does not cover `/ws` itself; fact U12). */
export interface PathForm {
  readonly text: string;
  readonly kind: "exact" | "prefix";
  /** The exact path, or the prefix with its final slash. */
  readonly match: string;
}

/** Reads `/ws` as exact and `/ws/*` as the prefix `/ws/`. */
export function pathForm(text: string): PathForm {
  return text.endsWith("/*")
    ? { text, kind: "prefix", match: text.slice(0, -1) }
    : { text, kind: "exact", match: text };
}

/** True when every path that `inner` covers is covered by `outer` too. */
export function covers(outer: PathForm, inner: PathForm): boolean {
  return outer.kind === "exact"
    ? inner.kind === "exact" && inner.match === outer.match
    : inner.match.startsWith(outer.match);
}

/** True when `a` must be matched before `b`, because `b` would swallow part of it. */
export function moreSpecific(a: PathForm, b: PathForm): boolean {
  return a.text !== b.text && covers(b, a);
}

/** The paths that are tried for a form: itself when exact; the bare folder and one name below it otherwise. */
export function triedPaths(form: PathForm, nonce: string): string[] {
  return form.kind === "exact" ? [form.match] : [form.match, `${form.match}${nonce}`];
}
