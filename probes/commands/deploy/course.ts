import type { Receipt } from "../../../contract/receipt.ts";
import type { Answering, DeployRecord, Matrix, MatrixCell } from "../../facts/deployed.ts";
import type { OutcomeChange } from "../../facts/planned.ts";
import type { Cell, Result } from "../../facts/result.ts";
import type { Going } from "./going.ts";
import { answeringBefore } from "./outputs-of.ts";
import type { StackOutputs } from "./outputs-of.ts";
import type { Places } from "./places.ts";
import type { Planned } from "./stage.ts";
import type { Ways } from "./ways.ts";

/** One deploy as it goes, and what is known of it by now. */
export class Course {
  readonly going: Going;
  readonly places: Places;
  private receipt: Receipt | undefined;
  private before: Answering | null = null;
  private after: Answering | null = null;
  private sides: Pick<DeployRecord["matrix"], "before" | "after"> = { before: null, after: null };
  private outcomes: readonly OutcomeChange[] = [];
  private records: DeployRecord["dnsRecords"] = [];
  private known: Ways | undefined;
  private reviewOverride: Receipt["override"];

  constructor(going: Going, places: Places) {
    this.going = going;
    this.places = places;
  }

  /** What is left to do, and what undoes it: known before anything is applied. */
  ways(ways: Ways): void {
    this.known = ways;
  }

  /** An apply that came to its end. The first says what was there before all of them, the last what is there now. */
  planned({ receipt, review, shown, before, after }: Planned): void {
    if (this.receipt === undefined) {
      this.before = answeringBefore(shown);
      this.sides = { ...this.sides, before: matrixOf(before) };
    }
    this.receipt = receipt;
    this.sides = { ...this.sides, after: matrixOf(after) };
    this.outcomes = [...this.outcomes, ...review.outcomes];
  }

  /** Somebody goes on in spite of what the review of the plan says. */
  overrideReview(override: NonNullable<Receipt["override"]>): void {
    this.reviewOverride = override;
  }

  /** The verdict that somebody overrode; undefined where nobody did. */
  overridden(): Receipt | undefined {
    return this.receipt?.override === undefined || this.receipt.verdict === "pass" ? undefined : this.receipt;
  }

  answers({ answering, dnsRecords }: StackOutputs): void {
    this.after = answering;
    this.records = dnsRecords;
  }

  record(end: Pick<DeployRecord, "verdict" | "exitCode" | "reasons" | "remedies" | "run">): DeployRecord {
    const { environment, way, journal } = this.going;
    const { phases, applies, looks } = journal;
    const override = this.receipt?.override ?? this.reviewOverride;
    return {
      schema: "headgate-deploy/1",
      ...end,
      promotion: environment.promotion,
      way,
      ...(override !== undefined && { override }),
      ...{ phases, applies, looks },
      ...{ before: this.before, after: this.after, matrix: this.sides, outcomes: this.outcomes },
      dnsRecords: this.records,
      on: this.known?.on ?? null,
      back: this.known?.back ?? null,
    };
  }
}

/** A review of a plan judges the public edge alone. */
function matrixOf(result: Result | undefined): Matrix | null {
  return result?.cells.map(matrixCell) ?? null;
}

/** Without values and provenance: a record is kept. */
function matrixCell(cell: Cell): MatrixCell {
  const { env, route, host, path, rule, header, arrives, protocol, client, state, observation } = cell;
  const { expectedService, declaredAt, waived, consequenceOf } = cell;
  return {
    ...{ env, route, host, path, rule, header, arrives, protocol, client, state, observation },
    ...{ expectedService, declaredAt },
    ...(waived !== undefined && { waived }),
    ...(consequenceOf !== undefined && { consequenceOf }),
  };
}
