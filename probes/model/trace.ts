import type { Problem, Provenance, StagedAct, Unknown } from "../facts/provenance.ts";
import type { EdgeRequest, Trace } from "../facts/trace.ts";
import { overDraws } from "./alternatives.ts";
import { oracle } from "./assumptions.ts";
import type { Assumptions, Oracle } from "./assumptions.ts";
import { listenerFor } from "./choose-listener.ts";
import { isDecisive, overDoubts } from "./doubt.ts";
import type { EdgeModel, Listener, Product } from "./edge-model.ts";
import { HeaderFlow } from "./flow.ts";
import type { End } from "./journey.ts";
import { chosenProduct } from "./product.ts";
import { routeOn } from "./route-on.ts";
import { hostOf, oddUpgrade, placeInCertificate, refusal } from "./stage-front.ts";

/**
 * What the edge does with one request: where it goes, which headers arrive, and which lines decided it. Pure. The
 * stages run in the documented order: front, route, security policy, IAP, URL-map headers, backend headers, proxy, NEG,
 * Cloud Run. Only what stands on this request's way is in its answer. Where it cannot be told whether the request is let
 * through, the outcome is unknown, and backend, service and headers are those of a request that is.
 */
export function traceRequest(model: EdgeModel, request: EdgeRequest, assumptions: Assumptions = {}): Trace {
  const once = (draw: number | undefined): Trace => traceOnce(model, { request, draw }, assumptions);
  return request.draw === undefined ? overDraws(once) : once(request.draw);
}

interface Drawn {
  readonly request: EdgeRequest;
  /** For the choice of a backend alone: a fault is left to the request's own draw. */
  readonly draw: number | undefined;
}

function traceOnce(model: EdgeModel, drawn: Drawn, assumptions: Assumptions): Trace {
  const asked = oracle(assumptions);
  const flow = new HeaderFlow(drawn.request.headers);
  const end = travel(model, drawn, flow, asked);
  const outcome = end.unknowns.some(isDecisive) ? "unknown" : end.outcome;
  return {
    notes: [],
    ...end,
    outcome,
    problems: [...refusedOnTheWay(model, end, flow.steps), ...(end.problems ?? [])],
    steps: flow.steps,
    headers: overDoubts(flow.traced(), end.unknowns),
    unknowns: [...end.unknowns, ...model.unknowns],
    dependsOn: [...asked.asked],
  };
}

/** What Terraform refuses of the resources that the request passes; what a name nobody declares leaves open, unknowns tell. */
function refusedOnTheWay({ problems }: EdgeModel, end: End, steps: readonly StagedAct[]): readonly Problem[] {
  if (problems.length === 0) return [];
  const passed = new Set([...steps.map(({ address }) => address), end.matchedBy?.address, end.backend, end.service]);
  return problems.filter(({ by, undeclared }) => undeclared !== true && passed.has(by.address));
}

function travel(model: EdgeModel, { request, draw }: Drawn, flow: HeaderFlow, asked: Oracle): End {
  const found = listenerFor(model, request);
  if ("end" in found) return found.end;
  const { listener, alike, notes } = found;
  flow.step(front(listener.by, entrance(listener)));
  const unknowns: Unknown[] = [];
  const uncovered = request.scheme === "https" ? uncoveredBy(alike, request, unknowns) : undefined;
  if (uncovered !== undefined) return uncovered;
  const named = request.scheme === "https" ? placeInCertificate(listener, bareHost(request)) : undefined;
  if (named !== undefined) flow.step(front(named, "is the certificate's name that covers the host", "M66"));
  // Which of the rules a client connects to, a request does not tell.
  unknowns.push(...alike.flatMap((each) => each.unknowns));
  const problems = alike.flatMap((each) => each.problems);
  const base = { problems, notes };
  if ("reason" in listener.urlMap) return { ...base, outcome: "unknown", unknowns: [...unknowns, listener.urlMap] };
  const product = productAt(listener, asked, unknowns);
  const refused = refusal(request, { product, by: listener.by, asked });
  if (refused !== undefined)
    return { ...base, outcome: "rejected-by-edge", answer: refused, matchedBy: refused.by, unknowns };
  unknowns.push(...oddUpgrade(request, listener.by));
  const end = routeOn({ model, request, draw, flow, asked, listener, product, map: listener.urlMap, unknowns });
  return { ...end, problems: [...problems, ...(end.problems ?? [])], notes: [...notes, ...(end.notes ?? [])] };
}

/** A kind that cannot be told leaves all open; what is said is then said of the global one. */
function productAt({ product }: Listener, asked: Oracle, unknowns: Unknown[]): Product {
  if (!("kind" in product)) return chosenProduct(product, asked);
  unknowns.push(product);
  return "global";
}

function entrance({ implied, scheme, port, lastPort }: Listener): string {
  if (implied) return `the configuration begins here: no forwarding rule is described (${scheme})`;
  return `takes the request: ${scheme}, port ${port}${lastPort === port ? "" : ` to ${lastPort}`}`;
}

/** The end of a request whose host some listener has no certificate for; one that cannot be read may cover it. */
function uncoveredBy(listeners: readonly Listener[], request: EdgeRequest, unknowns: Unknown[]): End | undefined {
  const host = bareHost(request);
  const uncovers = (each: Listener): boolean => hasCertificates(each) && placeInCertificate(each, host) === undefined;
  const listener = host === "" ? undefined : listeners.find(uncovers);
  if (listener === undefined) return undefined;
  if (listener.unreadCertificates.length > 0) {
    unknowns.push(...listener.unreadCertificates);
    return undefined;
  }
  return {
    outcome: "tls-error",
    matchedBy: front(listener.by, `has no certificate for ${host}`, "M66"),
    unknowns: listener.unknowns,
    problems: listener.problems,
  };
}

/** A configuration that begins at a URL map says nothing of certificates. */
function hasCertificates({ implied, certificates, unreadCertificates }: Listener): boolean {
  return !implied || certificates.length + unreadCertificates.length > 0;
}

function bareHost(request: EdgeRequest): string {
  return hostOf(request).toLowerCase().replace(/:\d*$/, "");
}

function front(by: Provenance, effect: string, fact?: string): StagedAct {
  return { ...by, effect, ...(fact !== undefined && { fact }), stage: "front" };
}
