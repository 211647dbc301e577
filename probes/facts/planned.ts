import type { Client, Protocol } from "../../contract/contract.ts";
import type { HeaderObservation } from "./observation.ts";
import type { Act } from "./provenance.ts";
import type { CellState, Result, Verdict } from "./result.ts";

export type PlannedAction = "create" | "update" | "replace" | "delete" | "forget";

/** One resource that a plan changes. */
export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly action: PlannedAction;
  /** Attributes of the first level that change or may change; all that are set, where the whole resource comes or goes. */
  readonly attributes: readonly string[];
  /** Those of them that decide where a request goes or what arrives of it; none: the header path is not touched. */
  readonly onPath: readonly string[];
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What becomes of one header, or of the request as a whole, on one side of a plan. Never a value. */
export interface PlannedOutcome {
  readonly state: CellState;
  readonly observation: HeaderObservation | null;
  /** Who answers; null where nobody does. */
  readonly service: string | null;
  readonly status: number | null;
  readonly reason?: string;
  readonly by: readonly Act[];
}

/** One route × header × protocol × client whose outcome is another one after the plan. */
export interface OutcomeChange {
  readonly env: string;
  readonly route: string;
  readonly host: string;
  readonly path: string;
  readonly protocol: Protocol;
  readonly client: Client;
  readonly rule: string;
  /** Null for a rule about the whole request. */
  readonly header: string | null;
  /** Null: there was no edge, or no such case on it. */
  readonly before: PlannedOutcome | null;
  readonly after: PlannedOutcome | null;
  /** The outcome has the same name on both sides, and the edge writes another value. */
  readonly otherValue?: true;
}

/** What a plan does to the header path. `headgate-plan/1`. */
export interface PlanReview {
  readonly schema: "headgate-plan/1";
  readonly run: Pick<Result["run"], "id" | "verb" | "tool" | "contract" | "env" | "startedAt" | "durationMs">;
  readonly plan: {
    readonly at: string;
    readonly digest: string;
    readonly terraform: string;
    /** Planned with `-target`, or with parts put off: another plan has to follow. */
    readonly partial: boolean;
    /** Whether anything was there before. */
    readonly first: boolean;
  };
  /** Of what the plan leads to; `before` is the verdict of what it starts from, null where that was nothing. */
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly reasons: readonly string[];
  readonly before: Verdict | null;
  readonly touchesHeaderPath: boolean;
  readonly changes: readonly PlannedChange[];
  /** What no plan tells of, with the reason. */
  readonly notLookedAt: readonly string[];
  readonly compared: number;
  readonly outcomes: readonly OutcomeChange[];
}
