import type { Provenance } from "./provenance.ts";
import type { Waived } from "./waiver.ts";

/** `error`: it breaks for certain. `warning`: it breaks under a condition that is named. `note`: worth knowing. */
export type Severity = "error" | "warning" | "note";

/** What would find it without us: `terraform validate`, Google when it is applied, or nobody before a user does. */
export type FoundBy = "validate" | "apply" | "run";

/** A replacement in a file of the user's; offsets in UTF-16 units from the start of the file. */
export interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Something wrong in a configuration, at its line. */
export interface Finding {
  /** Id of the rule. */
  readonly id: string;
  readonly severity: Severity;
  /** What is wrong here, in one sentence with the names of this configuration. */
  readonly title: string;
  readonly where: Provenance;
  /** Other places that it needs to be so. */
  readonly by: readonly Provenance[];
  readonly fix: string;
  /** Open question on which it depends; then it is a warning at most. */
  readonly dependsOn?: string;
  /** Somebody accepts it for a while; it fails nothing. */
  readonly waived?: Waived;
  /** It stands in the baseline; it fails nothing. */
  readonly known?: true;
  /** With it there is no pass: it is at or above the severity that fails, and neither waived nor known. */
  readonly blocks?: true;
}

/** A rule that could not look at something, and why. */
export interface Undecided {
  readonly id: string;
  readonly reason: string;
  readonly where: Provenance;
}
