import { hasHeader, valuesOf } from "../../http/header-list.ts";
import type { Attempt } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import type { Control } from "../facts/result.ts";

export interface ControlNames {
  readonly shown: string;
  readonly withheld: string;
}

/** A control attempt → its two controls: the header that was sent is seen, the one that was withheld is not. */
export function judgeControl(
  attempt: Attempt,
  observation: Observation,
  group: string,
  names: ControlNames,
): Control[] {
  const { env, protocol } = attempt.case;
  const make = (kind: Control["kind"], state: Control["state"], reason?: string): Control => ({
    id: `${kind} ${protocol} ${group}`,
    kind,
    protocol,
    env,
    state,
    ...(reason !== undefined && { reason }),
  });
  const both = (state: Control["state"], reason: string): Control[] => [
    make("positive", state, reason),
    make("negative", state, reason),
  ];
  const { witness, failure, response } = observation;
  if (failure !== undefined) return both("inconclusive", `unreachable (${failure.phase}): ${failure.message}`);
  if (witness === undefined) return both("inconclusive", `answered ${response?.status ?? 0}, and not by a witness`);
  if (witness.nonce !== attempt.nonce) return both("fail", "the witness answered with a stale nonce");
  const shown = valuesOf(witness.headers, names.shown);
  const expected = valuesOf(observation.sent ?? [], names.shown);
  const isShown = shown.length === 1 && expected.length === 1 && shown[0] === expected[0];
  return [
    isShown
      ? make("positive", "pass")
      : make("positive", "fail", `the witness does not show ${names.shown} as it was sent`),
    hasHeader(witness.headers, names.withheld)
      ? make("negative", "fail", `the witness shows ${names.withheld}, which was not sent`)
      : make("negative", "pass"),
  ];
}

/** A request that a closed edge must refuse, what came of it, and whether it was the edge that answered. */
export interface ClosedAttempt {
  readonly observation: Observation;
  readonly byEdge: boolean;
}

/** Every one of these requests was refused by the edge, with a status that tells nothing. */
export function judgeClosed(env: string, attempts: readonly ClosedAttempt[]): Control {
  const control = { id: "negative http preview-closed", kind: "negative", protocol: "http", env } as const;
  if (attempts.length === 0) return { ...control, state: "inconclusive", reason: "no request could be tried" };
  const reasons = attempts.map(closedProblem);
  const open = reasons.find((reason) => reason !== undefined);
  const isUnreached = attempts.every(({ observation }) => observation.failure !== undefined);
  if (open === undefined) return { ...control, state: "pass" };
  return { ...control, state: isUnreached ? "inconclusive" : "fail", reason: open };
}

function closedProblem({ observation, byEdge }: ClosedAttempt): string | undefined {
  const { witness, failure, response } = observation;
  if (witness !== undefined) return `a request without the preview header reached service ${witness.service}`;
  if (failure !== undefined) return `unreachable (${failure.phase}): ${failure.message}`;
  const status = response?.status ?? 0;
  if (byEdge && (status === 403 || status === 404)) return undefined;
  return `a request without the preview header was answered ${status}, and not refused by the edge with 403 or 404`;
}

/** Controls of one id stand in for each other: a failure counts, else one that held is enough. */
export function mergeControls(controls: readonly Control[]): Control[] {
  const byId = new Map<string, Control>();
  for (const control of controls) {
    const known = byId.get(`${control.env} ${control.id}`);
    if (known === undefined || rank(control) > rank(known)) byId.set(`${control.env} ${control.id}`, control);
  }
  return [...byId.values()];
}

function rank({ state }: Control): number {
  return { inconclusive: 0, pass: 1, fail: 2 }[state];
}
