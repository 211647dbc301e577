import type { ArrivesKind } from "../../contract/contract.ts";
import type { HeaderList } from "../../http/header-list.ts";
import type { Attempt, PlannedHeader } from "../facts/case.ts";
import type { HeaderObservation, Observation } from "../facts/observation.ts";
import type { RuleText } from "../facts/result.ts";

/**
 * What a rule decides. `inconclusive`: the premise did not happen, so nothing was proved. `about` is the header that it
 * is about, where the rule does not name one for all.
 */
export type Judgement = { readonly about?: string } & (
  { readonly state: "pass" } | { readonly state: "fail" | "inconclusive" | "not-applicable"; readonly reason: string }
);

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

export interface CaseRule<
  Said extends Judgement | readonly Judgement[] = Judgement | readonly Judgement[],
> extends RuleText {
  readonly kind: "case";
  /** The one header that the rule is about. */
  readonly about?: string;
  readonly appliesTo: (evidence: CaseEvidence) => boolean;
  /** Several judgements are about different headers. */
  readonly check: (evidence: CaseEvidence) => Said;
}

export const PASS: Judgement = { state: "pass" };

export function fail(reason: string, about?: string): Judgement {
  return { state: "fail", reason, ...(about !== undefined && { about }) };
}

export function inconclusive(reason: string): Judgement {
  return { state: "inconclusive", reason };
}

export function notApplicable(reason: string, about: string): Judgement {
  return { state: "not-applicable", reason, about };
}

/** A rule on one header, run for every header that is declared to arrive so. */
export function defineHeaderRule(rule: Omit<HeaderRule, "kind">): HeaderRule {
  return { kind: "header", ...rule };
}

/** A rule on a whole request, run for every case it applies to. */
export function defineCaseRule<Said extends Judgement | readonly Judgement[]>(
  rule: Omit<CaseRule<Said>, "kind">,
): CaseRule<Said> {
  return { kind: "case", ...rule };
}

/** Both ends of a request that its service reported on; the judgement that there is none, where it did not. */
export interface Ends {
  /** Lines on the client's wire. */
  readonly sent: HeaderList;
  /** Lines at the service. */
  readonly arrived: HeaderList;
}

/** Runs a check on both ends of a request; without both of them nothing can be told. */
export function betweenEnds<Verdict extends Judgement | readonly Judgement[]>(
  { attempt, observation }: CaseEvidence,
  check: (ends: Ends) => Verdict,
): Verdict | Judgement {
  const { witness, sent } = observation;
  if (witness === undefined || witness.nonce !== attempt.nonce || witness.service !== attempt.case.service)
    return inconclusive("the service did not report what it received");
  if (sent === undefined) return inconclusive("nothing is known of the client's wire");
  return check({ sent, arrived: witness.headers });
}
