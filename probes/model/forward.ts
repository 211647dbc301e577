import type { Problem, StagedAct } from "../facts/provenance.ts";
import type { ArmorRule, Backend } from "./edge-model.ts";
import type { Findings } from "./findings.ts";
import type { End, Journey } from "./journey.ts";
import { levelProblems } from "./level-problems.ts";
import { chosenProduct } from "./product.ts";
import { enterService } from "./enter-service.ts";
import type { Sent } from "./enter-service.ts";
import { applyArmorHeaders, armorVerdict } from "./stage-armor.ts";
import { cacheUnknowns } from "./stage-cdn.ts";
import { isUpgrade } from "./stage-front.ts";
import { applyBackendHeaders, applyUrlMapActions } from "./stage-headers.ts";
import { passIap } from "./stage-iap.ts";
import { applyRewrite } from "./rewrite.ts";
import { reach } from "./stage-neg.ts";
import { applyProxy, untoldByProxy } from "./stage-proxy.ts";
import type { Routed } from "./routed.ts";

/**
 * From the chosen backend on: edge policy and cache, security policy, IAP, URL-map headers, backend headers, proxy, NEG,
 * Cloud Run. What leaves open whether the request is let through does not end the way: the rest holds if it is.
 */
export function forwardTo(journey: Journey, found: Routed, backend: Backend, target: string): End {
  const { request, flow, asked, listener, product } = journey;
  const problems = [...backend.problems, ...schemeProblems(journey, backend), ...levelProblems(found.levels, product)];
  const unknowns = [...journey.unknowns, ...backend.unknowns, ...cacheUnknowns(backend.cdn, flow, request)];
  // It is the listener's, or Google refuses the pair (M18): nothing of the answer hangs on it.
  if (backend.product !== undefined && "kind" in backend.product)
    unknowns.push({ ...backend.product, affects: "nothing" });
  const notes: string[] = [];
  const reached = { backend: backend.address, matchedBy: found.matchedBy, notes };
  const collected: Collected = { unknowns, problems, notes };
  const refused = passPolicies(journey, found, backend, collected);
  if (refused !== undefined) return { ...reached, ...refused, unknowns, problems };
  const place = reach(backend, journey);
  const isRun = place.kind !== "elsewhere" || place.isServerless;
  const iap = passIap(backend.iap, flow, request, { stage: "iap", asked, isRun });
  if ("answer" in iap) return { outcome: "answered-by-edge", ...reached, answer: iap.answer, unknowns, problems };
  unknowns.push(...iap.unknowns);
  applyUrlMapActions(flow, found.levels, request, asked);
  applyBackendHeaders(flow, backend, request, asked);
  const proxy = { product, by: listener.by, asked };
  applyProxy(flow, request, proxy);
  unknowns.push(...untoldByProxy(proxy), ...applyRewrite(flow, found.policy.rewrite, journey));
  const sent: Sent = { target, levels: found.levels, backend, place, isUpgrade: isUpgrade(request) };
  const { unknowns: more, problems: others = [], notes: said = [], ...end } = enterService(journey, sent);
  notes.push(...said);
  return { ...reached, ...end, unknowns: [...unknowns, ...more], problems: [...problems, ...others] };
}

interface Collected extends Findings {
  readonly notes: string[];
}

type Refused = Pick<End, "outcome" | "answer">;

/** The edge policy, then the backend's own; each may answer in place of the service (facts P6, P6b). */
function passPolicies(
  { request, flow, asked }: Journey,
  { levels }: Routed,
  { policy, edgePolicy }: Backend,
  { unknowns, problems, notes }: Collected,
): Refused | undefined {
  for (const [each, stage] of [[edgePolicy, "edge"] as const, [policy, "armor"] as const]) {
    if (each === undefined) continue;
    unknowns.push(...each.unknowns);
    problems.push(...each.problems);
    notes.push(...each.notes);
    const verdict = armorVerdict(each, flow, { levels, request, asked }, stage);
    if (verdict.kind === "answers")
      return { outcome: verdict.isRedirect ? "redirect" : "rejected-by-edge", answer: verdict.answer };
    if (verdict.kind === "unsure") {
      unknowns.push(...verdict.unknowns);
      continue;
    }
    if (verdict.rule === undefined) continue;
    unknowns.push(...verdict.rule.unknowns);
    flow.step({ ...passedBy(verdict.rule), stage });
    if (limitOf(verdict.rule) !== undefined)
      notes.push(`a rate limit, which few requests stay below: ${limitOf(verdict.rule)!}`);
    applyArmorHeaders(flow, verdict.rule);
  }
  return undefined;
}

function limitOf({ action, by }: ArmorRule): string | undefined {
  return action.kind === "pass" && action.limited !== undefined ? `${action.limited} (${by.address})` : undefined;
}

function passedBy({ by, priority, action }: ArmorRule): StagedAct {
  const limit = action.kind === "pass" && action.limited !== undefined ? `, below ${action.limited}` : "";
  return { ...by, effect: `rule of priority ${priority} lets it pass${limit}`, fact: "P6", stage: "armor" };
}

/** M18: forwarding rule and backend service belong to one balancer. */
function schemeProblems({ product, listener, asked }: Journey, backend: Backend): Problem[] {
  if (backend.product === undefined || "kind" in backend.product || "kind" in listener.product) return [];
  const own = chosenProduct(backend.product, asked);
  if (own === product) return [];
  const reason = `the listener is of the ${product} balancer, and ${backend.address} of the ${own} one`;
  return [{ reason, found: "apply", fact: "M18", by: backend.product.by }];
}
