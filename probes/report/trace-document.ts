import type { Provenance, Stage, StagedAct, Unknown } from "../facts/provenance.ts";
import type { Trace, TracedHeader } from "../facts/trace.ts";
import type { TraceDocument } from "./trace-schema.ts";
import type { Discretion } from "./trace-secrets.ts";

/** A trace with what a reader has to know about it. */
export interface TraceReport {
  readonly tool: string;
  readonly configuration: TraceDocument["configuration"];
  readonly request: TraceDocument["request"];
  readonly trace: Trace;
  readonly assumptions: TraceDocument["assumptions"];
}

type Step = TraceDocument["steps"][number];

const ORDER: Readonly<Record<Stage, number>> = {
  client: 0,
  front: 1,
  edge: 2,
  route: 3,
  armor: 4,
  iap: 5,
  "url-map": 6,
  backend: 7,
  proxy: 8,
  neg: 9,
  "run-ingress": 10,
  "run-front": 11,
  container: 12,
};

/** The model says this of a place that left a header alone: it is an answer, and no step. */
const LEFT_ALONE = "does not remove it";

const DOUBTED = "something on the way may change it, and what it does cannot be told";
const UNTOLD = "a part of it comes of something that the configuration and the request do not tell";

/** The trace as it is published, `headgate-trace/1`. */
export function traceDocument({ trace, ...report }: TraceReport, { value, text }: Discretion): TraceDocument {
  const { outcome, matchedBy, unknowns } = trace;
  // Where the answer is not known, neither is what would be said on the way back.
  const answer = outcome === "unknown" ? undefined : trace.answer;
  return {
    schema: "headgate-trace/1",
    tool: report.tool,
    configuration: report.configuration,
    request: { ...report.request, url: text(report.request.url) },
    outcome,
    backend: trace.backend ?? null,
    service: trace.service ?? null,
    matchedBy: matchedBy === undefined ? null : ruleOf(matchedBy),
    backends: (trace.backends ?? []).map(({ backend, service, weight }) => ({
      backend,
      ...(service !== undefined && { service }),
      weight,
    })),
    reasons: reasonsOf(trace, text),
    headers: trace.headers.filter(isTold).map((header) => headerOf(header, { value, text })),
    steps: stepsOf(trace, text),
    answer:
      answer === undefined
        ? null
        : {
            status: answer.status,
            headers: answer.headers.map(([name, own]) => [name, text(own)]),
            body: text(answer.body),
            by: actOf(answer.by, text),
          },
    unknowns: unknowns.map((unknown) => unknownOf(unknown, text)),
    problems: (trace.problems ?? []).map(({ reason, found, fact, by }) => ({
      reason: text(reason),
      found,
      ...(fact !== undefined && { fact }),
      ...placeOf(by),
    })),
    assumptions: report.assumptions,
    notes: [...trace.notes],
  };
}

function unknownOf(unknown: Unknown, text: Discretion["text"]): TraceDocument["unknowns"][number] {
  const { reason, affects = "request", header, expression, by } = unknown;
  return {
    reason: text(reason),
    affects,
    ...(header !== undefined && { header }),
    ...(expression !== undefined && { expression: text(expression) }),
    ...placeOf(by),
  };
}

/** What was not sent and does not arrive is told where the client is why. */
function isTold({ state, by }: TracedHeader): boolean {
  return state !== "absent" || by.some(({ stage }) => stage === "client");
}

function headerOf(header: TracedHeader, { value, text }: Discretion): TraceDocument["headers"][number] {
  const { name, state, sent, arrives, by } = header;
  return {
    name,
    state,
    sent: sent.map((own) => value(name, readable(own))),
    arrives: arrives.map((own) => (own === null ? null : value(name, readable(own)))),
    ...(arrives.includes(null) && { reason: state === "unknown" ? DOUBTED : UNTOLD }),
    by: by.map((act) => actOf(act, text)),
  };
}

/** Bytes of UTF-8 as the characters they stand for; other bytes stay as they are. */
function readable(latin1: string): string {
  const text = Buffer.from(latin1, "latin1").toString("utf8");
  return text.includes("\ufffd") ? latin1 : text;
}

function stepsOf({ steps = [], headers, answer }: Trace, text: Discretion["text"]): Step[] {
  const changes = headers.flatMap(({ name, by }) =>
    by.filter(({ effect }) => effect !== LEFT_ALONE).map((act): Step => ({ ...actOf(act, text), header: name })),
  );
  const isRoute = answer !== undefined && steps.some(({ effect }) => effect === answer.by.effect);
  const own = answer === undefined || isRoute ? [] : [actOf(answer.by, text)];
  const all = [...steps.map((act): Step => actOf(act, text)), ...changes, ...own];
  return all
    .map((step, index) => ({ step, index }))
    .sort((a, b) => ORDER[a.step.stage] - ORDER[b.step.stage] || a.index - b.index)
    .map(({ step }) => step);
}

function actOf(act: StagedAct, text: Discretion["text"]): TraceDocument["headers"][number]["by"][number] {
  const { stage, effect, fact } = act;
  return { stage, ...placeOf(act), effect: text(effect), ...(fact !== undefined && { fact }) };
}

function placeOf(by: Provenance): { address: string; source: string; construct?: string } {
  return {
    address: addressOf(by),
    source: `${by.file}:${by.line}:${by.column}`,
    ...(by.construct !== undefined && { construct: `${by.construct.file}:${by.construct.line}` }),
  };
}

function addressOf({ address, attribute }: Provenance): string {
  return attribute === "" ? address : `${address}.${attribute}`;
}

/** The rule that decided: what it names, the service or the redirect, is told elsewhere. */
function ruleOf(act: StagedAct): string {
  return addressOf(act).replace(/((?:route_rules|path_rule)\[\d+\]|default_route_action)\..*$/, "$1");
}

/** Why the request has no backend, no service or no rule. */
function reasonsOf(trace: Trace, text: Discretion["text"]): TraceDocument["reasons"] {
  const why = text(endOf(trace));
  return {
    ...(trace.backend === undefined && { backend: why }),
    ...(trace.service === undefined && { service: text(trace.reasons?.service ?? endOf(trace)) }),
    ...(trace.matchedBy === undefined && { matchedBy: why }),
  };
}

function endOf({ outcome, answer, matchedBy, unknowns }: Trace): string {
  if (outcome === "unknown") {
    const open = unknowns.filter(({ affects = "request" }) => affects === "request" || affects === "refusal");
    return `it cannot be told: ${[...new Set(open.map(({ reason }) => reason))].join("; ")}`;
  }
  if (outcome === "no-listener") return "the edge has no listener for this scheme and port";
  if (outcome === "tls-error") return `the TLS handshake fails: ${matchedBy?.effect ?? ""}`;
  return `the edge answers itself${answer === undefined ? "" : `, ${answer.status}`}: ${answer?.by.effect ?? outcome}`;
}
