import type { Unknown } from "../facts/provenance.ts";
import type { ForwardedRequest } from "../facts/trace.ts";
import type { Backend, HeaderActions } from "./edge-model.ts";
import type { End, Journey } from "./journey.ts";
import { cdnAnswer } from "./stage-cdn.ts";
import { responseActions } from "./stage-headers.ts";
import { passIap } from "./stage-iap.ts";
import type { Reached } from "./stage-neg.ts";
import { applyRunFront } from "./stage-proxy.ts";
import { enterRun, lifetime, portAnswer, protocolAnswer, splitUnknowns } from "./stage-run.ts";

/** A request as it leaves the balancer. */
export interface Sent {
  readonly target: string;
  readonly levels: readonly HeaderActions[];
  readonly backend: Backend;
  readonly place: Reached;
  readonly isUpgrade: boolean;
}

/** What answers behind the balancer, or what a container receives. */
export function enterService(journey: Journey, sent: Sent): End {
  const { flow, asked, product } = journey;
  const { backend, place, isUpgrade } = sent;
  const isServerless = place.kind !== "elsewhere" || place.isServerless;
  const refused = isUpgrade
    ? (cdnAnswer(backend.cdn, product, asked) ?? protocolAnswer(backend, { asked, isServerless }))
    : undefined;
  if (refused !== undefined) return { outcome: "answered-by-edge", ...serviceOf(place), answer: refused, unknowns: [] };
  if (place.kind === "answer") return { outcome: "answered-by-edge", answer: place.answer, unknowns: [] };
  if (place.kind === "run") return enterRunService(journey, sent, place);
  const { reason, unknowns } = place;
  flow.step({ ...backend.by, effect: `hands it on: ${reason}`, stage: "neg" });
  return { outcome: "backend", reasons: { service: reason }, forward: forwarded(journey, sent), unknowns };
}

function serviceOf(place: Reached): Pick<End, "service" | "reasons"> {
  if (place.kind !== "run") return {};
  return place.nameless === undefined
    ? { service: place.group.service.address }
    : { reasons: { service: place.nameless } };
}

/** From the NEG of a Cloud Run service to its container. */
function enterRunService(journey: Journey, sent: Sent, place: Extract<Reached, { kind: "run" }>): End {
  const { request, flow, asked } = journey;
  const { service, revisions, notes } = place.group;
  const problems = [...place.group.problems, ...service.problems];
  const unknowns: Unknown[] = [...place.group.unknowns, ...service.unknowns];
  const base = { ...serviceOf(place), notes, problems, unknowns };
  flow.step({ ...sent.backend.by, effect: `hands it to ${place.nameless ?? service.address}`, stage: "neg" });
  const iap = passIap(service.iap, flow, request, { stage: "run-ingress", asked, isRun: true });
  if ("answer" in iap) return { ...base, outcome: "answered-by-edge", answer: iap.answer };
  const behindIap = sent.backend.iap?.kind === "on" || service.iap?.kind === "on";
  const entered = enterRun(flow, service, request, { asked, behindIap });
  unknowns.push(...iap.unknowns, ...entered.unknowns);
  const answer = entered.answer ?? (sent.isUpgrade ? portAnswer(service, revisions) : undefined);
  if (answer !== undefined) return { ...base, outcome: "answered-by-edge", answer };
  applyRunFront(flow, request, service.by);
  flow.step({ ...service.by, effect: "receives the request", stage: "container" });
  if (sent.isUpgrade) {
    flow.step(lifetime(service));
    unknowns.push(...splitUnknowns(service, revisions));
  }
  return { ...base, outcome: "backend", forward: forwarded(journey, sent) };
}

function forwarded({ flow, request, asked, product }: Journey, sent: Sent): ForwardedRequest {
  const actions = responseActions(sent.levels, sent.backend, request, asked);
  const applied = !sent.isUpgrade || actions.length === 0 || asked.assume("actions-on-101") === "applied";
  return {
    target: sent.target,
    // H12: only the classic balancer keeps the case of names; elsewhere those that the edge wrote are lower-cased too.
    headers: product === "classic" ? [...flow.lines] : flow.lines.map(([name, value]) => [name.toLowerCase(), value]),
    responseActions: applied ? actions : [],
  };
}
