import type { Attempt, Case } from "../facts/case.ts";
import type { Control } from "../facts/result.ts";
import type { Target } from "../facts/target.ts";
import type { Assumptions } from "../model/assumptions.ts";
import { traceRequest } from "../model/trace.ts";
import { mintAttempt } from "../plan/mint.ts";
import { probeAll } from "../probers/probe-all.ts";
import { redact } from "../probers/redact.ts";
import { judgeClosed } from "../rules/judge-controls.ts";
import type { Approach } from "./approach.ts";
import { isPreview } from "./approach.ts";
import type { PipelineInput } from "./input.ts";
import { requestOf } from "./judge-case.ts";

/**
 * Proof that the preview edge is closed: to each service one request that lacks the header and nothing else. None for
 * an edge that is open to everybody.
 */
export async function closedControls(
  input: PipelineInput,
  { env, model, clientAddress }: Approach,
  cases: readonly Case[],
  target: Target,
  assumptions: Assumptions,
): Promise<Control[]> {
  if (!isPreview(model)) return [];
  const attempts = onePerService(cases).map((planned) => mintAttempt(planned, input.mint));
  const observations = await probeAll(
    attempts.map((attempt) => ({ attempt, endpoint: target.endpointFor(attempt.case) })),
    input.probe,
  );
  const refused = attempts.map((attempt: Attempt, index) => {
    const request = requestOf(attempt, observations[index]!, clientAddress);
    return traceRequest(model, request, assumptions).outcome === "rejected-by-edge";
  });
  return [
    judgeClosed(
      env,
      observations.map((observation, index) => ({ observation, byEdge: refused[index]! })),
    ),
  ];
}

/**
 * The same for an edge that is running, of which nobody tells who answered: a witness would have reported, for these
 * requests are signed.
 */
export async function closedLiveControls(
  input: PipelineInput,
  env: string,
  cases: readonly Case[],
  target: Target,
): Promise<Control[]> {
  const attempts = onePerService(cases).map((planned) => mintAttempt(planned, input.mint));
  const observations = await probeAll(
    attempts.map((attempt) => ({ attempt, endpoint: target.endpointFor(attempt.case) })),
    input.probe,
  );
  const control = judgeClosed(
    env,
    observations.map((observation) => ({ observation, byEdge: true })),
  );
  const secrets = attempts.flatMap((attempt) => attempt.secrets);
  return [control.reason === undefined ? control : { ...control, reason: redact(control.reason, secrets) }];
}

function onePerService(cases: readonly Case[]): Case[] {
  const plain = cases.filter(({ protocol, client }) => protocol === "http" && client === "native");
  const usable = plain.length > 0 ? plain : cases.filter(({ protocol }) => protocol === "http");
  return usable.filter(({ service }, index) => usable.findIndex((each) => each.service === service) === index);
}
