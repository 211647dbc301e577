import type { StagedAct, Unknown } from "../facts/provenance.ts";
import type { EdgeRequest, Trace } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { ArmorRule, Backend, EdgeModel, Listener, RunService, UrlMap } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";
import { applyArmorHeaders, armorVerdict } from "./stage-armor.ts";
import { cacheUnknowns, cdnAnswer } from "./stage-cdn.ts";
import { isUpgrade } from "./stage-front.ts";
import { applyBackendHeaders, applyUrlMapActions, responseActions } from "./stage-headers.ts";
import { applyProxy, applyRunFront } from "./stage-proxy.ts";
import type { Routed } from "./stage-route.ts";
import { protocolAnswer, runAnswer, splitUnknowns } from "./stage-run.ts";

/** What becomes of a request; its headers are told by the flow. */
export type End = Omit<Trace, "headers" | "dependsOn" | "notes"> & { readonly notes?: readonly string[] };

export interface Journey {
  readonly model: EdgeModel;
  readonly request: EdgeRequest;
  readonly flow: HeaderFlow;
  readonly asked: Oracle;
  readonly listener: Listener;
  readonly map: UrlMap;
  readonly unknowns: readonly Unknown[];
}

/** From the chosen backend on: security policy, URL-map headers, backend headers, proxy, Cloud Run. */
export function forwardTo(journey: Journey, found: Routed, backend: Backend, target: string): End {
  const { request, flow, asked, listener } = journey;
  const upgrade = isUpgrade(request);
  const reached = { backend: backend.address, matchedBy: found.matchedBy };
  const unknowns = [...journey.unknowns, ...backend.unknowns, ...cacheUnknowns(backend.cdn, flow)];
  if (backend.policy !== undefined) {
    unknowns.push(...backend.policy.unknowns);
    const verdict = armorVerdict(backend.policy, flow, found.levels, request, asked);
    if (verdict.kind === "denied") return { outcome: "rejected-by-edge", ...reached, answer: verdict.answer, unknowns };
    if (verdict.kind === "unknown") return { outcome: "unknown", ...reached, unknowns: [...unknowns, verdict] };
    if (verdict.rule !== undefined) flow.step(passedBy(verdict.rule));
    applyArmorHeaders(flow, verdict.rule);
  }
  applyUrlMapActions(flow, found.levels, request, asked);
  applyBackendHeaders(flow, backend, request, asked);
  applyProxy(flow, request, upgrade, listener.by, asked);
  if ("reason" in backend.service) return { outcome: "unknown", ...reached, unknowns: [...unknowns, backend.service] };
  flow.step({ ...backend.by, effect: `hands it to ${backend.service.address}`, stage: "neg" });
  return {
    ...reached,
    notes: backend.notes,
    ...runEnd(journey, found, backend, backend.service, { target, unknowns }),
  };
}

function passedBy({ by, priority }: ArmorRule): StagedAct {
  return { ...by, effect: `rule of priority ${priority} lets it pass`, fact: "P6", stage: "armor" };
}

/** What Cloud Run answers, or what the container receives. */
function runEnd(
  { request, flow, asked }: Journey,
  { levels }: Routed,
  backend: Backend,
  service: RunService,
  { target, unknowns }: { readonly target: string; readonly unknowns: readonly Unknown[] },
): End {
  const upgrade = isUpgrade(request);
  const all = [...unknowns, ...service.unknowns];
  const refused = upgrade ? (cdnAnswer(backend.cdn, asked) ?? protocolAnswer(backend, asked)) : undefined;
  const answer = refused ?? runAnswer(flow, service, backend.revisions, upgrade);
  if (answer !== undefined) return { outcome: "answered-by-edge", service: service.address, answer, unknowns: all };
  flow.step({
    ...service.iamCheck.by,
    effect: "lets it in: no IAM token is checked",
    fact: "R10",
    stage: "run-ingress",
  });
  applyRunFront(flow, request, service.by);
  flow.step({ ...service.by, effect: "receives the request", stage: "container" });
  const actions = responseActions(levels, backend, request);
  const applied = !upgrade || actions.length === 0 || asked.assume("actions-on-101") === "applied";
  return {
    outcome: "backend",
    service: service.address,
    // H12: on the global scheme every name arrives in lower case, those that the edge wrote too.
    forward: {
      target,
      headers: flow.lines.map(([name, value]) => [name.toLowerCase(), value]),
      responseActions: applied ? actions : [],
    },
    unknowns: [...all, ...(upgrade ? splitUnknowns(service, backend.revisions) : [])],
  };
}
