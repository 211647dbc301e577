import type { Provenance } from "./provenance.ts";
import type { Result, Verdict } from "./result.ts";

/** One attribute that is another thing where it runs than in the configuration. */
export interface Difference {
  readonly address: string;
  /** `header_action.request_headers_to_remove`. */
  readonly attribute: string;
  /** As JSON; null: not there. Values of headers and of environment variables stand as `(N bytes, differs)`. */
  readonly configured: string | null;
  readonly live: string | null;
  /** Whether it decides where a request goes or what arrives of it. */
  readonly onPath: boolean;
  /** In the configuration; of what only runs, the block that it would stand in. */
  readonly at: Provenance;
}

/** Something that could not be compared, and why. */
export interface NotCompared {
  readonly what: string;
  readonly reason: string;
}

/**
 * `never`: nothing of the configuration exists. `partly`: some resources are not there. `other`: all are there, and not
 * as they are written. `yes`: all are there, as far as it was looked at.
 */
export type Applied = "never" | "partly" | "other" | "yes" | "unknown";

/** What runs, against what is written. `headgate-drift/1`. */
export interface Drift {
  readonly schema: "headgate-drift/1";
  readonly run: Pick<Result["run"], "verb" | "tool" | "startedAt" | "durationMs">;
  readonly source: string;
  /** Project and API, or the files. */
  readonly live: string;
  readonly applied: Applied;
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly compared: number;
  readonly missing: readonly Provenance[];
  readonly differences: readonly Difference[];
  readonly notCompared: readonly NotCompared[];
  /** Types of the configuration that were not asked about. */
  readonly notLookedAt: readonly string[];
}
