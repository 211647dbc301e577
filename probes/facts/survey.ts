import type { Protocol } from "../../contract/contract.ts";
import type { Unknown } from "./provenance.ts";
import type { Outcome, TracedHeader } from "./trace.ts";

/** What becomes of the usual credentials at one host and path, by the model alone. */
export interface SurveyRow {
  readonly host: string;
  /** Path or path form, as the configuration tells it apart. */
  readonly path: string;
  readonly protocol: Protocol;
  readonly outcome: Outcome;
  readonly backend: string | null;
  readonly service: string | null;
  /** Status of an answer that the edge gives itself. */
  readonly status: number | null;
  readonly headers: readonly TracedHeader[];
  readonly unknowns: readonly Unknown[];
}
