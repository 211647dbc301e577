import type { ArrivesKind } from "../../contract/contract.ts";
import type { Attempt, PlannedHeader } from "../facts/case.ts";
import type { HeaderObservation, Observation } from "../facts/observation.ts";
import type { RuleText } from "../facts/result.ts";

/** What a rule decides. `inconclusive`: the premise did not happen, so nothing was proved. */
export type Judgement =
  { readonly state: "pass" } | { readonly state: "fail" | "inconclusive"; readonly reason: string };

/** One header of one attempt that a witness has reported on. */
export interface HeaderEvidence {
  readonly header: PlannedHeader;
  readonly observation: HeaderObservation;
  /** Values on the client's wire, one a line. */
  readonly sent: readonly string[];
  /** Values at the service, one a line. */
  readonly arrived: readonly string[];
  /** Parts of the client's value that are this request's own. */
  readonly canaries: readonly string[];
}

/** One whole attempt. */
export interface CaseEvidence {
  readonly attempt: Attempt;
  readonly observation: Observation;
  readonly target: "emulated" | "live";
}

export interface HeaderRule extends RuleText {
  readonly kind: "header";
  readonly arrives: ArrivesKind;
  readonly check: (evidence: HeaderEvidence) => Judgement;
}

export interface CaseRule extends RuleText {
  readonly kind: "case";
  readonly appliesTo: (evidence: CaseEvidence) => boolean;
  readonly check: (evidence: CaseEvidence) => Judgement;
}

export const PASS: Judgement = { state: "pass" };

export function fail(reason: string): Judgement {
  return { state: "fail", reason };
}

export function inconclusive(reason: string): Judgement {
  return { state: "inconclusive", reason };
}

/** A rule on one header, run for every header that is declared to arrive so. */
export function defineHeaderRule(rule: Omit<HeaderRule, "kind">): HeaderRule {
  return { kind: "header", ...rule };
}

/** A rule on a whole request, run for every case it applies to. */
export function defineCaseRule(rule: Omit<CaseRule, "kind">): CaseRule {
  return { kind: "case", ...rule };
}
