import type { Provenance } from "./provenance.ts";
import type { Waived } from "./waiver.ts";

/** `error`: it breaks for certain. `warning`: it breaks under a condition that is named. `note`: worth knowing. */
export type Severity = "error" | "warning" | "note";

/** Least severity that is no pass. `undecided`: errors, and with them whatever a rule could not look at. */
export type FailOn = Severity | "never" | "undecided";

/** What would find it without us: `terraform validate`, Google when it is applied, or nobody before a user does. */
export type FoundBy = "validate" | "apply" | "run";

/** A replacement in a file of the user's; offsets in UTF-16 units from the start of the file. */
export interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A value as a configuration writes it: a plain one, or an expression word for word. */
export type Written = string | number | boolean | { readonly expression: string };

/**
 * One change of a source, at a place that a value of the configuration or of the contract has. Whoever carries it out
 * refuses where the place holds something else: a list that an expression makes has no entry that could be taken out.
 */
export type Change =
  /** Takes out the list entry, the argument or the block that stands there. */
  | { readonly kind: "delete"; readonly at: Provenance }
  /** Writes another value for the list entry or the argument that stands there. */
  | { readonly kind: "replace"; readonly at: Provenance; readonly value: Written }
  /** Sets an argument of the block that stands there, and adds it where it is not written. */
  | { readonly kind: "set"; readonly in: Provenance; readonly name: string; readonly value: Written }
  /** Adds entries to the list that stands there: a value that is the list, or the argument that holds it. */
  | { readonly kind: "append"; readonly to: Provenance; readonly values: readonly Written[] }
  /** Gives the argument that stands there another name. */
  | { readonly kind: "rename"; readonly at: Provenance; readonly name: string };

/** A way to mend what only a person can decide on. */
export interface Option {
  /** What to do, in the imperative. */
  readonly what: string;
  readonly effort: "minutes" | "hours" | "days";
  /** What it may break besides; `none` only where nothing else can change. */
  readonly risk: "none" | "low" | "medium" | "high";
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
  /** Changes of the source after which it is gone; none where a person has to decide. */
  readonly remedy?: readonly Change[];
  /** Ways to mend it, the best first, where there are several. */
  readonly options?: readonly Option[];
  /** Another finding without which this one would not be; it counts with that one alone. */
  readonly consequenceOf?: { readonly id: string; readonly where: Provenance };
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
