import { STAMP_HEADER } from "../../contract/stamp.ts";
import { joinCookieCrumbs } from "../../http/cookie-crumbs.ts";
import { valuesOf } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";
import { attribute } from "../attribution/attribute.ts";
import type { Attempt, Case } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import type { Unknown } from "../facts/provenance.ts";
import type { Cell } from "../facts/result.ts";
import type { EdgeRequest, Trace } from "../facts/trace.ts";
import type { AssumptionName, Assumptions } from "../model/assumptions.ts";
import { mayMeetRequests } from "../model/closed-world.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { traceRequest } from "../model/trace.ts";
import type { ServiceMatch } from "../plan/match-services.ts";
import { compareLines } from "../probers/compare-lines.ts";
import { compareHeader } from "../probers/compare.ts";
import { cannotTell, judgeAttempt } from "../rules/judge.ts";
import type { Bench } from "../rules/judge.ts";
import type { Judged } from "./input.ts";
import { redact } from "../probers/redact.ts";

/** The emulated edge that a case went through, under one reading of the open questions. */
export interface Emulated {
  readonly model: EdgeModel;
  readonly match: ServiceMatch;
  readonly assumptions: Assumptions;
  readonly clientAddress: string;
}

export interface JudgeContext {
  readonly kind: "emulated" | "live";
  readonly fingerprint: Bench["fingerprint"];
  readonly emulated: Emulated | undefined;
  /** What a map must answer that its answer counts; undefined: whichever map answers counts. */
  readonly stamp?: string | undefined;
  /** What the model says of this very request, where it was asked before. */
  readonly trace?: Trace | undefined;
}

/** One attempt and its observation → judged cells, each failure with the configuration lines that the trace names. */
export function judgeCase(
  attempt: Attempt,
  observation: Observation,
  { kind, fingerprint, emulated, stamp, trace: foreseen }: JudgeContext,
): Judged {
  const bench: Bench = {
    target: kind,
    fingerprint,
    redact: (text, { secrets }) => redact(text, secrets),
    compare: onAttempt(compareHeader),
    compareLines: onAttempt(compareLines),
  };
  const foreign = stamp === undefined ? undefined : foreignMap(attempt.case, observation, stamp);
  const judged = judgeAttempt(attempt, observation, bench);
  const cells = foreign === undefined ? judged : judged.map((cell) => cannotTell(cell, foreign));
  const base = { case: attempt.case, observation };
  if (emulated === undefined) return { ...base, cells, questions: [], notes: [] };
  const request = requestOf(attempt, observation, emulated.clientAddress);
  const trace = foreseen ?? traceRequest(emulated.model, request, emulated.assumptions);
  const problem =
    emulated.match.problems[attempt.case.service] ??
    (trace.outcome === "no-listener" ? "the configuration has no HTTPS listener" : undefined) ??
    openEnds(trace, emulated.model);
  const attributed = cells.map((cell) =>
    problem === undefined ? withUnknownValue(attribute(cell, trace), trace) : cannotTell(cell, problem),
  );
  return { ...base, cells: attributed, questions: trace.dependsOn as AssumptionName[], notes: trace.notes };
}

/**
 * Why an answer does not come from the map that is meant. Two kinds need no stamp, for those before and after have it: an
 * upgrade, of which it is assumed only that header actions apply to a 101 (fact U24), and a refusal of a head that is too
 * large, which no map is asked about (fact H15).
 */
function foreignMap({ protocol, trial }: Case, { response }: Observation, wanted: string): string | undefined {
  if (response === undefined) return undefined;
  const stamp = valuesOf(response.headers, STAMP_HEADER).join(", ");
  const isTooLarge = trial?.kind === "headroom" && response.status === 431;
  if (stamp === wanted || (stamp === "" && (protocol === "websocket" || isTooLarge))) return undefined;
  const what = stamp === "" ? `without a stamp (status ${response.status})` : "with another stamp";
  return `not propagated: answered ${what}, so not by the URL map that is meant`;
}

/** An unknown value is not an unknown effect, but a pattern cannot be held against a value nobody knows. */
function withUnknownValue(cell: Cell, trace: Trace): Cell {
  const traced = trace.headers.find(({ name }) => name === cell.header?.toLowerCase());
  return cell.arrives === "set" && traced?.arrives.includes(null) === true
    ? cannotTell(cell, `the value that the edge writes to ${cell.header} is an expression that is not evaluated`)
    : cell;
}

/**
 * Why an answer is no proof: something on the way, or a part of the configuration that is not read, may make it another
 * one; or Google refuses the configuration, so that nothing of it ever runs.
 */
function openEnds(trace: Trace, model: EdgeModel): string | undefined {
  const { unknowns, headers, outcome, service, reasons, problems = [] } = trace;
  const open = [...unknowns.filter(({ affects }) => affects !== "nothing"), ...model.unknowns.filter(mayMeetRequests)];
  if (open.length > 0 || outcome === "unknown") return `the model cannot tell: ${described(open)}`;
  const unsure = headers.find(({ state }) => state === "unknown");
  if (unsure !== undefined) return `the model cannot tell what arrives of ${unsure.name}`;
  if (problems.length > 0) return `the configuration is refused: ${described(problems)}`;
  if (outcome === "backend" && service === undefined)
    return `the model names no service: ${reasons?.service ?? "none is described"}`;
  return undefined;
}

function described(all: readonly Pick<Unknown, "reason" | "by">[]): string {
  return [
    ...new Set(
      all.map(
        ({ reason, by }) =>
          `${by.address}${by.attribute === "" ? "" : `.${by.attribute}`} ${reason} (${by.file}:${by.line}:${by.column})`,
      ),
    ),
  ].join("; ");
}

/** The request as it stood on the wire; where nothing was written, as it was meant. */
export function requestOf(attempt: Attempt, observation: Observation, clientAddress: string): EdgeRequest {
  const meant = [
    ["Host", attempt.case.host] as const,
    ...(attempt.case.protocol === "websocket"
      ? ([
          ["Upgrade", "websocket"],
          ["Connection", "Upgrade"],
        ] as const)
      : []),
    ...attempt.lines,
  ];
  return {
    scheme: "https",
    method: "GET",
    target: attempt.target,
    headers: observation.sent ?? meant,
    clientAddress,
    edgeAddress: "127.0.0.1",
    traceId: "0".repeat(32),
  };
}

/** A comparison of two ends, made one of an attempt with what was observed of it. */
function onAttempt<Found>(
  compare: (name: string, sent: HeaderList, arrived: HeaderList, canaries: readonly string[]) => Found,
): (name: string, attempt: Attempt, observation: Observation) => Found {
  return (name, attempt, { sent = [], witness }) => {
    const id = attempt.case.headers.find((header) => header.name === name)?.id ?? "";
    return compare(name, sent, arrivedLines(witness), attempt.canaries[id] ?? []);
  };
}

/** A service that is asked in HTTP/2 may get a cookie in pieces, and counts them as one line (RFC 9113 §8.2.3, fact H30). */
function arrivedLines(witness: Observation["witness"]): HeaderList {
  if (witness === undefined) return [];
  return String(witness.httpVersion).startsWith("2") ? joinCookieCrumbs(witness.headers) : witness.headers;
}
