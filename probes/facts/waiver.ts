import type { Position } from "../../contract/contract.ts";

/** A comment in a configuration that speaks to Headgate: `# headgate:ignore …`. */
export interface Remark {
  /** What follows `headgate:`. */
  readonly text: string;
  readonly at: Position;
  /** Lines that it speaks of: those of the argument, the list entry or the whole block that it stands beside or above. */
  readonly from: number;
  readonly to: number;
}

/** Why something that is wrong is accepted, by whom, and until when. */
export interface Waived {
  readonly reason: string;
  readonly owner: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly expires: string;
  /** Where the waiver stands. */
  readonly at: Position;
}

/** A finding that was accepted as it is. Without lines, so that what moves in a file stays accepted. */
export interface AcceptedFinding {
  readonly rule: string;
  readonly address: string;
  readonly attribute: string;
  readonly title: string;
}

/** The findings that a file of accepted ones holds, each with its place in that file. */
export interface Baseline {
  readonly file: string;
  readonly findings: readonly (AcceptedFinding & { readonly at: Position })[];
}
