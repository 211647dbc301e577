import type { Contract, Environment } from "../../contract/contract.ts";
import type { Case } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import type { FailOn } from "../facts/finding.ts";
import type { Cell, Result, Step } from "../facts/result.ts";
import type { Baseline } from "../facts/waiver.ts";
import type { AssumptionName } from "../model/assumptions.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import type { Mint } from "../plan/mint.ts";
import type { ProbeOptions } from "../probers/probe-all.ts";
import type { Bench } from "../rules/judge.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import type { GivenVariables } from "../terraform/read-cdktf-out.ts";
import type { EdgeAt, Transport } from "../facts/target.ts";
import type { LiveOptions } from "../targets/live.ts";

/**
 * What the probes are sent to: the edge that a configuration describes, or one that is running; or the model alone, to
 * which nothing is sent.
 */
export type Source =
  | ({
      readonly kind: "cdktf";
      readonly directory: string;
      /** Where it was read already. */
      readonly graphs?: readonly ResourceGraph[];
    } & GivenVariables)
  | {
      readonly kind: "model";
      readonly at: string;
      readonly form: Result["run"]["configuration"]["kind"];
      /** Edges of each stack, and what they were read from. */
      readonly stacks: ReadonlyMap<string, readonly EdgeModel[]>;
      readonly graphs: ReadonlyMap<string, ResourceGraph>;
      /** Least severity of a finding that is no pass. */
      readonly failOn: FailOn;
    }
  | LiveSource;

/** An edge that is running. */
export interface LiveSource extends LiveOptions, Pick<EdgeAt, "edge" | "token"> {
  readonly kind: "live";
  readonly at: string;
  readonly transport?: Transport;
  /** What counts is answered under this stamp alone; undefined: whatever answers counts. */
  readonly stamp?: string;
  /** `own`: only services that are their own witness are behind it. Undefined: a witness is behind every route. */
  readonly witnessed?: "own";
}

/** A contract in one of its environments. */
export interface Declared {
  readonly contract: Contract;
  readonly environment: Environment;
}

export interface PipelineInput {
  readonly run: Pick<Result["run"], "id" | "verb" | "tool" | "startedAt">;
  readonly contract: Contract;
  readonly environments: readonly Environment[];
  /** Environment → what its public edge was released as, where that is not the contract as it stands. */
  readonly released?: ReadonlyMap<string, Declared>;
  readonly source: Source;
  readonly probe: ProbeOptions;
  readonly mint: Mint;
  /** Day of the run, `YYYY-MM-DD` (UTC): waivers hold until a day. */
  readonly today: string;
  /** Findings that were accepted as they are; `new`: those of this run are. */
  readonly baseline?: Baseline | "new";
  readonly seed: number;
  readonly fingerprint: Bench["fingerprint"];
  /** Steps that were done so far; the pipeline adds its own. */
  readonly steps: Step[];
  /** Times a piece of work under the name of its phase. */
  readonly measure: <T>(phase: string, work: () => T) => T;
}

/** A case with what was observed and decided, and the open questions that the decision asked. */
export interface Judged {
  readonly case: Case;
  readonly observation: Observation;
  readonly cells: readonly Cell[];
  readonly questions: readonly AssumptionName[];
  /** What answered and is not described by the configuration. */
  readonly notes: readonly string[];
}
