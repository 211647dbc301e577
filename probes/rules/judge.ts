import { valuesOf } from "../../http/header-list.ts";
import type { Attempt, PlannedHeader } from "../facts/case.ts";
import type { HeaderObservation, Observation } from "../facts/observation.ts";
import type { Cell, Fingerprint } from "../facts/result.ts";
import type { CaseEvidence, CaseRule, Judgement } from "./define-rule.ts";
import { inconclusive } from "./define-rule.ts";
import { CASE_RULES, HEADER_RULES } from "./observed/index.ts";
import { reachesDeclaredService } from "./observed/reaches-declared-service.ts";

/** What judging needs besides the evidence; all of it plain functions, so that judging stays pure. */
export interface Bench {
  readonly target: "emulated" | "live";
  readonly fingerprint: (value: string) => Fingerprint;
  readonly compare: (name: string, attempt: Attempt, observation: Observation) => HeaderObservation;
  /** Takes secrets out of words that came from outside. */
  readonly redact: (text: string, attempt: Attempt) => string;
}

/**
 * One attempt and what was observed → its cells: one for each rule on the request, one for each declared header. A
 * header of a request that never reached its service proves nothing: it is a consequence of that failure.
 */
export function judgeAttempt(attempt: Attempt, observation: Observation, bench: Bench): Cell[] {
  const evidence: CaseEvidence = { attempt, observation, target: bench.target };
  const caseCells = CASE_RULES.filter((rule) => rule.appliesTo(evidence)).map((rule) =>
    caseCell(rule, evidence, bench),
  );
  const broken = caseCells.find(({ state }) => state === "fail");
  const unreached = caseCells.find(({ rule, state }) => rule === reachesDeclaredService.id && state !== "pass");
  const settled = caseCells.map((cell) => settle(cell, unreached, broken));
  const headerCells = attempt.case.headers.map((header) => headerCell(header, evidence, bench, unreached, broken));
  const skipped = attempt.case.skipped.map(({ header, reason }): Cell => ({
    ...baseCell(evidence, HEADER_RULES[header.arrives.kind].id, header),
    state: "not-applicable",
    reason,
  }));
  return [...settled, ...headerCells, ...skipped];
}

/** An undecided check on a request stands or falls with why the request did not get through. */
function settle(cell: Cell, unreached: Cell | undefined, broken: Cell | undefined): Cell {
  if (cell.state !== "inconclusive") return cell;
  const { reason } = unreached ?? cell;
  return {
    ...cell,
    ...(reason !== undefined && { reason }),
    ...(broken !== undefined && { consequenceOf: broken.id }),
  };
}

function caseCell(rule: CaseRule, evidence: CaseEvidence, bench: Bench): Cell {
  return { ...baseCell(evidence, rule.id, undefined), ...redacted(rule.check(evidence), evidence.attempt, bench) };
}

function headerCell(
  header: PlannedHeader,
  evidence: CaseEvidence,
  bench: Bench,
  unreached: Cell | undefined,
  broken: Cell | undefined,
): Cell {
  const { attempt, observation } = evidence;
  const rule = HEADER_RULES[header.arrives.kind];
  const base = baseCell(evidence, rule.id, header);
  const sent = valuesOf(observation.sent ?? [], header.name);
  if (unreached !== undefined) {
    const why = unreached.reason ?? unreached.state;
    // One reason, said in the same words by every check that it blinds, so that a report says it once.
    const reason = broken === undefined ? why : `the service was not reached: ${why}`;
    return {
      ...base,
      sent: sent.map(bench.fingerprint),
      observation: observation.witness === undefined ? "unreachable" : null,
      state: "inconclusive",
      reason,
      ...(broken !== undefined && { consequenceOf: broken.id }),
    };
  }
  const arrived = valuesOf(observation.witness?.headers ?? [], header.name);
  const seen = bench.compare(header.name, attempt, observation);
  const judgement = rule.check({
    header,
    observation: seen,
    sent,
    arrived,
    canaries: attempt.canaries[header.id] ?? [],
  });
  return {
    ...base,
    sent: sent.map(bench.fingerprint),
    arrived: arrived.map(bench.fingerprint),
    observation: seen,
    ...redacted(judgement, attempt, bench),
  };
}

/** A cell that says what could not be told, in place of what a rule would say of it. */
export function cannotTell(cell: Cell, reason: string): Cell {
  if (cell.state === "not-applicable") return cell;
  const { consequenceOf: _, ...own } = cell;
  return { ...own, ...inconclusive(reason) };
}

function redacted(judgement: Judgement, attempt: Attempt, bench: Bench): Judgement {
  return judgement.state === "pass" ? judgement : { ...judgement, reason: bench.redact(judgement.reason, attempt) };
}

function baseCell(
  { attempt, observation }: CaseEvidence,
  rule: string,
  header: PlannedHeader | undefined,
): Omit<Cell, "state"> {
  const planned = attempt.case;
  const { response, witness } = observation;
  return {
    id: [planned.id, rule, header?.id ?? "-"].join(" "),
    env: planned.env,
    route: planned.route,
    rule,
    header: header?.name ?? null,
    arrives: header?.arrives.kind ?? null,
    protocol: planned.protocol,
    client: planned.client,
    path: planned.path,
    host: planned.host,
    observation: null,
    sent: [],
    arrived: [],
    answeredBy:
      response === undefined
        ? null
        : { service: witness?.service ?? null, revision: witness?.revision ?? null, status: response.status },
    expectedService: planned.service,
    by: [],
    declaredAt: header?.declaredAt ?? planned.formAt,
  };
}
