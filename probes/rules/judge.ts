import { listMembers, valuesOf } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";
import type { Attempt, PlannedHeader } from "../facts/case.ts";
import type { HeaderObservation, Observation, ObservedLine } from "../facts/observation.ts";
import type { Cell, Fingerprint } from "../facts/result.ts";
import type { CaseEvidence, CaseRule, Judgement } from "./define-rule.ts";
import { inconclusive } from "./define-rule.ts";
import { CASE_RULES, HEADER_RULES } from "./observed/index.ts";
import { certificateCoversHost } from "./observed/certificate-covers-host.ts";
import { headerSizeHeadroom } from "./observed/header-size-headroom.ts";
import { reachesDeclaredService } from "./observed/reaches-declared-service.ts";
import { subprotocolAnswered } from "./observed/subprotocol-answered.ts";

/** What judging needs besides the evidence; all of it plain functions, so that judging stays pure. */
export interface Bench {
  readonly target: "emulated" | "live";
  readonly fingerprint: (value: string) => Fingerprint;
  readonly compare: (name: string, attempt: Attempt, observation: Observation) => HeaderObservation;
  /** The same line by line; undefined: whole names only. */
  readonly compareLines?: (name: string, attempt: Attempt, observation: Observation) => readonly ObservedLine[];
  /** Takes secrets out of words that came from outside. */
  readonly redact: (text: string, attempt: Attempt) => string;
}

/**
 * One attempt and what was observed → its cells: one for each rule on the request, one for each declared header. A
 * header of a request that never reached its service proves nothing: it is a consequence of that failure.
 */
export function judgeAttempt(attempt: Attempt, observation: Observation, bench: Bench): Cell[] {
  const evidence: CaseEvidence = { attempt, observation, target: bench.target };
  const caseCells = CASE_RULES.filter((rule) => rule.appliesTo(evidence)).flatMap((rule) =>
    [rule.check(evidence)].flat().map((judgement) => caseCell(rule, judgement, evidence, bench)),
  );
  const broken = whatBlinds(caseCells, observation);
  const unreached = caseCells.find(({ rule, state }) => rule === reachesDeclaredService.id && state !== "pass");
  const settled = caseCells.map((cell) => settle(cell, unreached, broken));
  // What a trial carries beside its own question is judged where it is asked.
  const declared = attempt.case.trial === undefined ? attempt.case.headers : [];
  const headerCells = declared.map((header) => headerCell(header, evidence, bench, unreached, broken));
  const skipped = attempt.case.skipped.map(({ header, reason }): Cell => ({
    ...baseCell(evidence, HEADER_RULES[header.arrives.kind].id, header, bench),
    state: "not-applicable",
    reason,
  }));
  return [...settled, ...headerCells, ...skipped];
}

/**
 * The failed check that keeps the others from being decided: no certificate, no service, a refused size or subprotocol, at
 * which the client closed before the service could report. Another failure blinds nothing.
 */
function whatBlinds(cells: readonly Cell[], { response, witness, failure }: Observation): Cell | undefined {
  const failed = (id: string): Cell | undefined => cells.find(({ rule, state }) => rule === id && state === "fail");
  const isRefused = response?.status === 101 && witness === undefined && failure?.phase === "handshake";
  const refused = isRefused ? failed(subprotocolAnswered.id) : undefined;
  return (
    failed(certificateCoversHost.id) ?? failed(reachesDeclaredService.id) ?? failed(headerSizeHeadroom.id) ?? refused
  );
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

function caseCell(rule: CaseRule, raw: Judgement, evidence: CaseEvidence, bench: Bench): Cell {
  const { attempt, observation } = evidence;
  const { about = rule.about, ...judgement } = unlessNotSent(raw, observation);
  const said = redacted(judgement, attempt, bench);
  const base = baseCell(evidence, rule.id, undefined, bench);
  if (about === undefined) return { ...base, ...said };
  const prints = (lines: HeaderList = []): Fingerprint[] => valuesOf(lines, about).map(bench.fingerprint);
  return {
    ...base,
    id: rule.about === undefined ? `${base.id} ${about}` : base.id,
    header: about,
    sent: prints(observation.sent),
    arrived: prints(observation.witness?.headers),
    ...said,
  };
}

/** An answer to another request than the one that was meant convicts nobody. */
function unlessNotSent(judgement: Judgement, { failure }: Observation): Judgement {
  return judgement.state === "fail" && failure?.phase === "send" ? inconclusive(failure.message) : judgement;
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
  const base = baseCell(evidence, rule.id, header, bench);
  const sent = valuesOf(observation.sent ?? [], header.name);
  if (unreached !== undefined) {
    const why = unreached.reason ?? unreached.state;
    // One reason, said in the same words by every check that it blinds, so that a report says it once.
    const reason = broken === undefined ? why : `the service was not reached: ${why}`;
    return {
      ...base,
      sent: sent.map(bench.fingerprint),
      observation: unreachedAs(observation),
      state: "inconclusive",
      reason,
      ...(broken !== undefined && { consequenceOf: broken.id }),
    };
  }
  const arrived = valuesOf(observation.witness?.headers ?? [], header.name);
  const seen = bench.compare(header.name, attempt, observation);
  const canaries = attempt.canaries[header.id] ?? [];
  const prints = { sent: sent.map(bench.fingerprint), arrived: arrived.map(bench.fingerprint) };
  if (!isAsPlanned(sent, canaries)) return { ...base, ...prints, observation: "not-sent", ...NOT_AS_PLANNED };
  const judgement = rule.check({ header, observation: seen, sent, arrived, canaries });
  const several = sent.length > 1 || arrived.length > 1;
  const lines = several ? bench.compareLines?.(header.name, attempt, observation) : undefined;
  return {
    ...base,
    ...prints,
    observation: seen,
    ...(lines !== undefined && { lines }),
    ...redacted(withLines(judgement, lines), attempt, bench),
  };
}

/** A failed header that stood on several lines: which of them, counted from 1 as a person does. */
function withLines(judgement: Judgement, lines: readonly ObservedLine[] | undefined): Judgement {
  const changed = lines?.filter(({ observation }) => observation !== "intact") ?? [];
  if (judgement.state !== "fail" || changed.length === 0) return judgement;
  const words = changed.map(({ sent, arrived, observation }) =>
    sent === null ? `arrived line ${arrived! + 1} ${observation}` : `line ${sent + 1} ${observation}`,
  );
  return { ...judgement, reason: `${judgement.reason} (${words.join(", ")})` };
}

/** What is said of a header whose request never reached its service. */
function unreachedAs({ witness, failure }: Observation): HeaderObservation | null {
  if (failure?.phase === "send") return "not-sent";
  return witness === undefined ? "unreachable" : null;
}

const NOT_AS_PLANNED = inconclusive("the client did not put the planned value on the wire");

/** True when the wire carries what was planned; lists may be spaced anew by the client library. */
function isAsPlanned(sent: readonly string[], canaries: readonly string[]): boolean {
  const members = listMembers(sent);
  return canaries.every(
    (canary) =>
      sent.some((value) => value.includes(canary)) || listMembers([canary]).every((each) => members.includes(each)),
  );
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
  bench: Bench,
): Omit<Cell, "state"> {
  const planned = attempt.case;
  const { response, witness } = observation;
  const clean = (text: string | undefined): string | null => (text === undefined ? null : bench.redact(text, attempt));
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
        : { service: clean(witness?.service), revision: clean(witness?.revision), status: response.status },
    expectedService: planned.service,
    by: [],
    declaredAt: header?.declaredAt ?? planned.formAt,
  };
}
