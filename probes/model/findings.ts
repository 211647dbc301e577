import type { Problem, Unknown } from "../facts/provenance.ts";

/** What is found on the side while something is read: what of it cannot be told, and what would be refused. */
export interface Findings {
  readonly unknowns: Unknown[];
  readonly problems: Problem[];
}
