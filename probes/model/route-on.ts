import type { Problem, Unknown } from "../facts/provenance.ts";
import type { Draw, EdgeRequest } from "../facts/trace.ts";
import type { Backend } from "./edge-model.ts";
import { isServerless } from "./backend-problems.ts";
import { forwardTo } from "./forward.ts";
import type { End, Journey } from "./journey.ts";
import { redirect } from "./redirect.ts";
import { openPrefix, rewriteProblems, rewrittenTarget } from "./rewrite.ts";
import { corsActions, faultOf, preflightAnswer } from "./route-answers.ts";
import { hostOf, isUpgrade, nominatedHost, normalise, paths } from "./stage-front.ts";
import { route } from "./stage-route.ts";
import type { Routed } from "./routed.ts";
import type { Destination, RoutePolicy, ToBackend, WeightedChoice } from "./url-map.ts";

/** From the URL map on: what its rules make of the request, and where that leads. */
export function routeOn(journey: Journey): End {
  const { request, flow, asked, listener, map, product } = journey;
  const front = { product, by: listener.by, asked };
  normalise(flow, request, front);
  const host = hostOf(request);
  const path = paths(request.target, { product, asked });
  const found = route(map, { request, host, path: path.matched, product, asked });
  flow.steps.push(...found.steps);
  flow.step(found.matchedBy);
  const { destination, matchedBy, matched } = found;
  const unknowns = [...journey.unknowns, ...nominatedHost(request, front), ...found.unknowns];
  const base = { matchedBy, unknowns, problems: found.problems };
  if (destination.kind === "unknown") return { ...base, outcome: "unknown", unknowns: [...unknowns, destination] };
  if (destination.kind === "redirect") {
    // Whoever redirects has the path by which it matched: what folds slashes after that comes too late (Q21).
    const target = path.matched + path.forwarded.slice(path.forwarded.split("?", 1)[0]!.length);
    const answer = redirect(destination, { request, host, target, matched, asked });
    return { ...base, outcome: "redirect", answer, unknowns: [...unknowns, ...openPrefix(destination, matched)] };
  }
  return byPolicy({ ...journey, unknowns }, found, destination, path.forwarded);
}

/** What the route itself answers, else what its backend makes of the request (facts U18 to U23, W5). */
function byPolicy(
  journey: Journey,
  found: Routed,
  destination: Exclude<Destination, { kind: "unknown" | "redirect" }>,
  target: string,
): End {
  const { request, asked } = journey;
  const { policy, matchedBy, problems } = found;
  const preflight = preflightAnswer(policy.cors, request);
  const fault = faultOf(policy.fault, request);
  const early = { matchedBy, problems };
  if (preflight.answer !== undefined)
    return { ...early, outcome: "answered-by-edge", answer: preflight.answer, unknowns: journey.unknowns };
  const unknowns = [...journey.unknowns, ...preflight.unknowns, ...fault.unknowns];
  if (fault.answer !== undefined) return { ...early, outcome: "fault-injected", answer: fault.answer, unknowns };
  const own = rewrittenTarget(policy.rewrite, target, found.matched, asked);
  const rest: Journey = { ...journey, unknowns, draw: request.draw === undefined ? journey.draw : fault.draw };
  const end =
    destination.kind === "weighted"
      ? toOneOf(rest, found, destination.choices, own)
      : toBackend(rest, found, destination, own);
  const all = [...problems, ...rewriteProblems(policy.rewrite, found.matched), ...(end.problems ?? [])];
  const notes = [...(end.notes ?? []), ...policyNotes(policy, request)];
  // The path that is sent on matters to those who get it.
  const open =
    policy.rewrite === undefined || end.forward === undefined ? [] : openPrefix(policy.rewrite, found.matched);
  const unsure = [...end.unknowns, ...open];
  return withPolicy({ ...end, problems: all, notes, unknowns: unsure }, found, journey, fault.delayMs);
}

function policyNotes({ retries, mirror, timeout }: RoutePolicy, request: EdgeRequest): string[] {
  const mayCut = timeout !== undefined && isUpgrade(request);
  return [
    ...(mayCut
      ? [`whether the route's timeout of ${timeout.ms} ms ends an open WebSocket is not documented (U18, Q14)`]
      : []),
    ...(retries === undefined ? [] : [`${retries.address} retries what fails: a handshake may be sent again (W5)`]),
    ...(mirror === undefined ? [] : [`${mirror.address} sends a copy to another service, which no probe sees (U19)`]),
  ];
}

/** U19, M48: requests to a serverless NEG are not mirrored. */
function mirrorProblems({ mirror }: RoutePolicy, { groups }: Backend): Problem[] {
  if (mirror === undefined || !groups.some(isServerless)) return [];
  return [
    { reason: "request_mirror_policy is not supported with a serverless NEG", found: "apply", fact: "M48", by: mirror },
  ];
}

/** What the route adds to how the request is sent on. */
function withPolicy(end: End, { policy }: Routed, { request }: Journey, delayMs: number | undefined): End {
  if (end.forward === undefined) return end;
  return {
    ...end,
    forward: {
      ...end.forward,
      responseActions: [...end.forward.responseActions, ...corsActions(policy.cors, request)],
      ...(delayMs !== undefined && { delayMs }),
      ...(policy.timeout !== undefined && { timeoutMs: policy.timeout.ms }),
    },
  };
}

/** A new request falls to one of the services by weight (fact U20); without a draw the first of them is taken for all. */
function toOneOf(journey: Journey, found: Routed, choices: readonly WeightedChoice[], target: string): End {
  const possible = choices.filter(({ weight }) => weight > 0);
  const chosen = drawn(possible, journey.draw);
  if (chosen === undefined) {
    const reason = "has no service of a weight above 0";
    return {
      outcome: "unknown",
      matchedBy: found.matchedBy,
      unknowns: [...journey.unknowns, { kind: "unknown", reason, by: found.destination.by }],
    };
  }
  const levels = [chosen.actions, ...found.levels];
  // Where all of them are tried, no weight is of account; where one is drawn, it is by their weights.
  const isDrawn = journey.request.draw !== undefined && possible.length > 1;
  const unweighed = possible.flatMap((each) => each.unweighed ?? []);
  const doubts = isDrawn ? unweighed : unweighed.map((each): Unknown => ({ ...each, affects: "nothing" }));
  const own = { ...journey, unknowns: [...journey.unknowns, ...doubts, ...chosen.unknowns] };
  const end = toBackend(own, { ...found, levels }, chosen.destination, target);
  const backends = possible.map(({ destination, weight }): Draw => ({
    backend: destination.kind === "backend" ? destination.address : destination.by.address,
    weight,
  }));
  const problems = [...chosen.problems, ...(end.problems ?? [])];
  return { ...end, problems, ...(possible.length > 1 && { backends }) };
}

function drawn(choices: readonly WeightedChoice[], draw = 0): WeightedChoice | undefined {
  const total = choices.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  return choices.find(({ weight }) => draw * total < (before += weight)) ?? choices.at(-1);
}

function toBackend(
  journey: Journey,
  found: Routed,
  destination: WeightedChoice["destination"] | ToBackend,
  target: string,
): End {
  const { matchedBy } = found;
  if (destination.kind === "unknown")
    return { outcome: "unknown", matchedBy, unknowns: [...journey.unknowns, destination] };
  const backend = journey.model.backends.get(destination.address);
  if (backend !== undefined) {
    const end = forwardTo(journey, found, backend, target);
    return { ...end, problems: [...mirrorProblems(found.policy, backend), ...(end.problems ?? [])] };
  }
  const reason = "refers to no readable backend service";
  return {
    outcome: "unknown",
    matchedBy,
    unknowns: [...journey.unknowns, { kind: "unknown", reason, by: destination.by }],
  };
}
