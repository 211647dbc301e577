import { confirmStamp } from "../live/stamp-watch.ts";
import { readiness } from "../live/readiness.ts";
import type { Case } from "../facts/case.ts";
import type { Control } from "../facts/result.ts";
import type { EdgeAt, Target } from "../facts/target.ts";
import { mintAttempt } from "../plan/mint.ts";
import { cannotTell } from "../rules/judge.ts";
import { liveTarget } from "../targets/live.ts";
import { withTransport } from "../targets/transport.ts";
import { ticketOf } from "./approach.ts";
import type { Judged, LiveSource, PipelineInput } from "./input.ts";
import { judgeCase } from "./judge-case.ts";
import { closedLiveControls } from "./preview-control.ts";
import { runCases, runControls } from "./probe-environment.ts";
import type { Probed } from "./probe-environment.ts";

/** Answers in a row by which the map that is meant is known: as many before the run as after it. */
const IN_ROW = 5;

/**
 * Each case through the edge that is running. Under a stamp its answers count only if the map that is meant answers
 * before, during and after the run: a change takes its time to reach every front end.
 */
export async function probeLive(
  input: PipelineInput,
  source: LiveSource,
  env: string,
  cases: readonly Case[],
): Promise<Probed> {
  const target = withTransport(liveTarget(cases, source), source.transport ?? {});
  if (source.stamp === undefined) return look(input, source, { env, cases, target });
  const edge: EdgeAt = { ...source, env, stamp: source.stamp, hosts: cases.map(({ host }) => host) };
  if (cases.length === 0) return { judged: [], controls: [] };
  const before = await stampProblem(edge, input.probe.signal);
  if (before !== undefined)
    return { judged: cases.map((planned) => notLookedAt(input, planned, before)), controls: [control(env, before)] };
  const { judged, controls } = await look(input, source, { env, cases, target });
  const after = await stampProblem(edge, input.probe.signal);
  const reason = after === undefined ? undefined : `changed during the run: ${after}`;
  return {
    judged: reason === undefined ? judged : judged.map((one) => withReason(one, reason)),
    controls: [...controls, control(env, reason)],
  };
}

async function look(
  input: PipelineInput,
  source: LiveSource,
  { env, cases, target }: { readonly env: string; readonly cases: readonly Case[]; readonly target: Target },
): Promise<Probed> {
  const ticket = ticketOf(source);
  const controls = await runControls(input, env, target, ticket);
  const closed = source.edge === "preview" ? await closedLiveControls(input, env, cases, target) : [];
  const judged = await runCases(input, target, cases, { ticket, stamp: source.stamp });
  return { judged, controls: [...controls, ...closed] };
}

/** Why what the edge answers now does not count. */
async function stampProblem(edge: EdgeAt, signal: AbortSignal): Promise<string | undefined> {
  const seen = await confirmStamp(edge, IN_ROW, signal);
  if (seen.kind === "answered") return undefined;
  if (seen.kind === "interrupted") return "the run ended before the edge's stamp was known";
  if (seen.kind === "not-propagated") return `not propagated: ${seen.detail}`;
  if (seen.phase === "http") return `edge not ready: ${seen.detail}`;
  // What a person has to do about a name or a certificate takes a look at both.
  const [found] = await readiness({ ...edge, hosts: [seen.host] }, {}, {}, signal);
  const isBetterNow = found === undefined || (found.tls === "ok" && found.dns !== "missing");
  return `edge not ready: ${isBetterNow ? seen.detail : found.detail}`;
}

/** That the map that is meant answers is what everything else rests on. */
function control(env: string, reason: string | undefined): Control {
  const known = { id: "positive http stamp", kind: "positive", protocol: "http", env } as const;
  return reason === undefined ? { ...known, state: "pass" } : { ...known, state: "inconclusive", reason };
}

function withReason(one: Judged, reason: string): Judged {
  return { ...one, cells: one.cells.map((cell) => cannotTell(cell, reason)) };
}

/** A case that was not sent: nobody knows who would have got it. */
function notLookedAt(input: PipelineInput, planned: Case, reason: string): Judged {
  const attempt = mintAttempt(planned, input.mint);
  const failure = { phase: "interrupted", message: reason } as const;
  const observation = { caseId: planned.id, secure: true, failure, durationMs: 0 };
  const bench = { kind: "live", fingerprint: input.fingerprint, emulated: undefined } as const;
  return withReason(judgeCase(attempt, observation, bench), reason);
}
