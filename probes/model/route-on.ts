import type { Draw, EdgeRequest } from "../facts/trace.ts";
import { forwardTo } from "./forward.ts";
import type { End, Journey } from "./journey.ts";
import { redirect } from "./redirect.ts";
import { rewrittenTarget } from "./rewrite.ts";
import { corsActions, faultOf, preflightAnswer } from "./route-answers.ts";
import { hostOf, normalise, paths } from "./stage-front.ts";
import { route } from "./stage-route.ts";
import type { Routed } from "./stage-route.ts";
import type { Destination, ToBackend, WeightedChoice } from "./url-map.ts";

/** From the URL map on: what its rules make of the request, and where that leads. */
export function routeOn(journey: Journey): End {
  const { request, flow, asked, listener, map, product } = journey;
  normalise(flow, request, { product, by: listener.by, asked });
  const host = hostOf(request);
  const path = paths(request.target, { product, asked });
  const found = route(map, { request, host, path: path.matched, product, asked });
  flow.steps.push(...found.steps);
  flow.step(found.matchedBy);
  const { destination, matchedBy, matched } = found;
  const unknowns = [...journey.unknowns, ...found.unknowns];
  const base = { matchedBy, unknowns, problems: found.problems };
  if (destination.kind === "unknown") return { ...base, outcome: "unknown", unknowns: [...unknowns, destination] };
  if (destination.kind === "redirect") {
    const answer = redirect(destination, { request, host, target: path.forwarded, matched, asked });
    return { ...base, outcome: "redirect", answer };
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
  const answer = preflight ?? fault.answer;
  const unknowns = [...journey.unknowns, ...fault.unknowns];
  if (answer !== undefined) {
    const outcome = preflight === undefined ? "fault-injected" : "answered-by-edge";
    return { outcome, answer, matchedBy, unknowns, problems };
  }
  const own = rewrittenTarget(policy.rewrite, target, found.matched, asked);
  const end =
    destination.kind === "weighted"
      ? toOneOf({ ...journey, unknowns }, found, destination.choices, own)
      : toBackend({ ...journey, unknowns }, found, destination, own);
  const notes =
    policy.retries === undefined
      ? []
      : [`${policy.retries.address} retries what fails: a handshake may be sent again (W5)`];
  return withPolicy(
    { ...end, problems: [...problems, ...(end.problems ?? [])], notes: [...(end.notes ?? []), ...notes] },
    found,
    journey,
    fault.delayMs,
  );
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
      ...(policy.timeoutMs !== undefined && { timeoutMs: policy.timeoutMs }),
    },
  };
}

/** A new request falls to one of the services by weight (fact U20); without a draw the first of them is taken for all. */
function toOneOf(journey: Journey, found: Routed, choices: readonly WeightedChoice[], target: string): End {
  const possible = choices.filter(({ weight }) => weight > 0);
  const chosen = drawn(possible, journey.request);
  if (chosen === undefined) {
    const reason = "has no service of a weight above 0";
    return {
      outcome: "unknown",
      matchedBy: found.matchedBy,
      unknowns: [...journey.unknowns, { kind: "unknown", reason, by: found.destination.by }],
    };
  }
  const levels = [chosen.actions, ...found.levels];
  const end = toBackend(journey, { ...found, levels }, chosen.destination, target);
  const backends = possible.map(({ destination, weight }): Draw => ({
    backend: destination.kind === "backend" ? destination.address : destination.by.address,
    weight,
  }));
  return possible.length > 1 ? { ...end, backends } : end;
}

function drawn(choices: readonly WeightedChoice[], { draw = 0 }: EdgeRequest): WeightedChoice | undefined {
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
  if (backend !== undefined) return forwardTo(journey, found, backend, target);
  const reason = "refers to no readable backend service";
  return {
    outcome: "unknown",
    matchedBy,
    unknowns: [...journey.unknowns, { kind: "unknown", reason, by: destination.by }],
  };
}
