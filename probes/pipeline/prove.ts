import { hasHeader, listMembers, sameName, valuesOf, withoutHeader } from "../../http/header-list.ts";
import type { HeaderLine, HeaderList } from "../../http/header-list.ts";
import { WITNESS_SCHEMA } from "../../contract/probe-protocol.ts";
import type { WitnessReport } from "../../contract/probe-protocol.ts";
import type { Attempt, Case } from "../facts/case.ts";
import type { Observation, ProbeFailure } from "../facts/observation.ts";
import type { Control } from "../facts/result.ts";
import type { ControlLeg } from "../facts/target.ts";
import type { ForwardedRequest, ResponseAction, Trace } from "../facts/trace.ts";
import { traceRequest } from "../model/trace.ts";
import { SHOWN, WITHHELD, planControl } from "../plan/controls.ts";
import { matchServices } from "../plan/match-services.ts";
import { mintAttempt } from "../plan/mint.ts";
import { needsRaw } from "../probers/needs-raw.ts";
import { judgeControl } from "../rules/judge-controls.ts";
import type { Approach } from "./approach.ts";
import type { PipelineInput } from "./input.ts";
import { judgeCase, requestOf } from "./judge-case.ts";
import type { Emulated } from "./judge-case.ts";
import type { Probed } from "./probe-environment.ts";
import { underEveryReading } from "./readings.ts";

/** What a client library writes on an upgrade besides what a case plans (RFC 6455 §4.1). */
const HANDSHAKE: HeaderList = [
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Version", "13"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
];

/**
 * Each case without any traffic: what the model says would arrive stands in for what a witness saw, and is judged by the
 * same rules. Where the model cannot tell, nothing is proved.
 */
export async function proveCases(input: PipelineInput, approach: Approach, cases: readonly Case[]): Promise<Probed> {
  const { env, model, clientAddress, lines } = approach;
  const match = matchServices(input.contract, model.services, model.edge);
  const answers = Object.values(input.contract.headers).flatMap(({ answer }) => answer ?? []);
  const judged = await underEveryReading(cases, (assumptions, own) => {
    const emulated: Emulated = { model, match, assumptions, clientAddress };
    return own.map((planned) => {
      const minted = mintAttempt(planned, input.mint);
      const attempt = { ...minted, lines: [...minted.lines, ...lines] };
      const { observation, trace } = foreseen(attempt, emulated, answers);
      return judgeCase(attempt, observation, { kind: "emulated", fingerprint: input.fingerprint, emulated, trace });
    });
  });
  return { judged, controls: controlsOf(input, env) };
}

interface Foreseen {
  readonly observation: Observation;
  /** Undefined where nothing was sent. */
  readonly trace: Trace | undefined;
}

/** What a client would see of this attempt, by the model's word. */
function foreseen(attempt: Attempt, emulated: Emulated, answers: readonly string[]): Foreseen {
  const base: Observation = { caseId: attempt.case.id, secure: true, sent: wireLines(attempt), durationMs: 0 };
  if (attempt.impossible !== undefined)
    return { observation: { ...base, failure: failure("send", attempt.impossible) }, trace: undefined };
  const request = requestOf(attempt, base, emulated.clientAddress);
  const trace = traceRequest(emulated.model, request, emulated.assumptions);
  return { observation: { ...base, ...seen(attempt, trace, emulated, answers) }, trace };
}

function seen(attempt: Attempt, trace: Trace, emulated: Emulated, answers: readonly string[]): Partial<Observation> {
  if (trace.outcome === "tls-error") return { failure: failure("tls-name", trace.matchedBy?.effect ?? "") };
  if (trace.answer !== undefined)
    return { response: { status: trace.answer.status, headers: trace.answer.headers, body: "" } };
  return trace.forward === undefined ? {} : answered(attempt, trace.forward, serviceName(trace, emulated), answers);
}

function failure(phase: ProbeFailure["phase"], message: string): ProbeFailure {
  return { phase, message };
}

function wireLines({ case: { host, protocol }, lines }: Attempt): HeaderLine[] {
  return [["Host", host], ...(protocol === "websocket" ? HANDSHAKE : []), ...lines];
}

/** The key of the contract that the reached service has; else its address. */
function serviceName({ service = "" }: Trace, { match }: Emulated): string {
  return Object.keys(match.addresses).find((id) => match.addresses[id] === service) ?? service;
}

/** What a witness behind the edge says, and what the edge makes of its answer. */
function answered(
  attempt: Attempt,
  { target, headers, responseActions }: ForwardedRequest,
  service: string,
  answers: readonly string[],
): Partial<Observation> {
  const { protocol } = attempt.case;
  const isUpgrade = protocol === "websocket";
  const offered = listMembers(valuesOf(headers, "sec-websocket-protocol"));
  const selected = offered.find((entry) => answers.includes(entry));
  const own: HeaderLine[] = isUpgrade
    ? [
        ["upgrade", "websocket"],
        ["connection", "Upgrade"],
        ...(selected === undefined ? [] : [["sec-websocket-protocol", selected] as const]),
      ]
    : [["content-type", "application/json"]];
  const response = responseActions.reduce(applied, own);
  const names = valuesOf(response, "sec-websocket-protocol");
  const refusal = isUpgrade ? refusalOf(attempt, response) : undefined;
  return {
    response: { status: isUpgrade ? 101 : 200, headers: response, body: "" },
    ...(isUpgrade && { subprotocol: names.join(",") }),
    ...(refusal === undefined
      ? { witness: testimony(attempt.nonce, service, target, headers) }
      : { failure: failure("handshake", refusal) }),
  };
}

/** Why the client of this attempt would not take the 101. Browsers and client libraries want one of what they offered. */
function refusalOf(attempt: Attempt, response: HeaderList): string | undefined {
  if (!hasHeader(response, "upgrade") || !hasHeader(response, "connection"))
    return "the edge takes from the 101 what makes it one";
  const isRefused =
    needsRaw(attempt) === undefined &&
    hasHeader(attempt.lines, "sec-websocket-protocol") &&
    !hasHeader(response, "sec-websocket-protocol");
  return isRefused ? "the client offered subprotocols and the service selects none" : undefined;
}

function applied(headers: readonly HeaderLine[], action: ResponseAction): HeaderLine[] {
  if (action.kind === "remove") return withoutHeader(headers, action.name);
  const kept = action.replace ? headers.filter(([name]) => !sameName(name, action.name)) : headers;
  return [...kept, [action.name, action.value]];
}

function testimony(nonce: string, service: string, target: string, headers: HeaderList): WitnessReport {
  return {
    schema: WITNESS_SCHEMA,
    nonce,
    service,
    revision: "as configured",
    image: null,
    instance: "none",
    startedAt: new Date(0).toISOString(),
    method: "GET",
    target,
    httpVersion: "1.1",
    headers,
  };
}

/** The comparison itself, on a request that nothing changes: what is sent is seen, what is withheld is not. */
function controlsOf(input: PipelineInput, env: string): Control[] {
  const wanted = new Set(input.contract.routes.map(({ protocol }) => protocol)).add("http");
  const endpoint = { scheme: "https", address: "127.0.0.1", port: 0, host: "witness.example.com" } as const;
  const leg: ControlLeg = { name: "comparison", group: "comparison", endpoint, path: "/", protocols: [...wanted] };
  return leg.protocols.flatMap((protocol) => {
    const attempt = mintAttempt(planControl(env, leg, protocol), input.mint);
    const sent = wireLines(attempt);
    const observation: Observation = {
      caseId: attempt.case.id,
      secure: true,
      sent,
      durationMs: 0,
      witness: testimony(attempt.nonce, leg.name, attempt.target, sent),
    };
    return judgeControl(attempt, observation, leg.group, { shown: SHOWN, withheld: WITHHELD });
  });
}
