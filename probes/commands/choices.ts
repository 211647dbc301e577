// Apart from the verbs, because the command line names all choices before it loads the one verb that is asked for.

/** What stands for a browser. */
export const BROWSER_CHOICES = ["profile", "chromium"] as const;

/** Who sends a request that is traced: a program of one's own, or a page in a browser (facts B1, B9). */
export const CLIENTS = ["native", "browser"] as const;

/** Least severity of a finding that is no pass; `undecided`: errors, and rules that could not look. */
export const FAIL_ON = ["error", "warning", "note", "never", "undecided"] as const;

/** Edges beside the one that users meet. */
export const EDGE_CHOICES = ["preview"] as const;
