import { firstValue } from "../../http/header-list.ts";
import type { Provenance, Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer, EdgeRequest, Trace } from "../facts/trace.ts";
import { oracle } from "./assumptions.ts";
import type { Assumptions, Oracle } from "./assumptions.ts";
import type { Backend, Destination, EdgeModel, Listener, RunService, UrlMap } from "./edge-model.ts";
import { HeaderFlow } from "./flow.ts";
import { isUpgrade, normalise, paths, refusal } from "./stage-front.ts";
import { applyBackendHeaders, applyUrlMapActions, responseActions } from "./stage-headers.ts";
import { applyProxy, applyRunFront } from "./stage-proxy.ts";
import { route } from "./stage-route.ts";
import type { Routed } from "./stage-route.ts";
import { protocolAnswer, runAnswer } from "./stage-run.ts";

/**
 * What the edge does with one request: where it goes, which headers arrive, and which lines decided it. Pure. The
 * stages run in the documented order: front, route, URL-map headers, backend headers, proxy, Cloud Run.
 */
export function traceRequest(model: EdgeModel, request: EdgeRequest, assumptions: Assumptions = {}): Trace {
  const asked = oracle(assumptions);
  const flow = new HeaderFlow(request.headers);
  const end = travel(model, request, flow, asked);
  // Whatever may change the request and cannot be told makes the answer one that cannot be told.
  const outcome = end.unknowns.length > 0 ? "unknown" : end.outcome;
  return { ...end, outcome, headers: flow.traced(), dependsOn: [...asked.asked] };
}

type End = Omit<Trace, "headers" | "dependsOn">;

function travel(model: EdgeModel, request: EdgeRequest, flow: HeaderFlow, asked: Oracle): End {
  const [listener, ...others] = model.listeners.filter(({ scheme }) => scheme === request.scheme);
  if (listener === undefined) return { outcome: "no-listener", unknowns: model.unknowns };
  const rival = others.find((other) => mapAddress(other) !== mapAddress(listener));
  if (rival !== undefined) return { outcome: "unknown", unknowns: [...model.unknowns, severalMaps(rival)] };
  const host = (firstValue(request.headers, "host") ?? "").toLowerCase();
  if (host !== "" && request.scheme === "https" && !listener.certificateNames.some((name) => coversHost(name, host))) {
    if (listener.unreadCertificates.length > 0) return { outcome: "unknown", unknowns: listener.unreadCertificates };
    return {
      outcome: "tls-error",
      matchedBy: { ...listener.by, effect: `has no certificate for ${host}`, fact: "M66" },
      unknowns: listener.unknowns,
    };
  }
  const unknowns = [...model.unknowns, ...listener.unknowns];
  if ("reason" in listener.urlMap) return { outcome: "unknown", unknowns: [...unknowns, listener.urlMap] };
  const refused = refusal(request, listener.by, asked);
  if (refused !== undefined) return { outcome: "rejected-by-edge", answer: refused, matchedBy: refused.by, unknowns };
  return routeOn({ model, request, flow, asked, listener, map: listener.urlMap, unknowns });
}

/** Which of two maps a client meets depends on the address it connects to, which a request does not tell. */
function severalMaps({ scheme, by }: Listener): Unknown {
  return { kind: "unknown", reason: `serves ${scheme} with another URL map than the first ${scheme} listener`, by };
}

function mapAddress({ urlMap, by }: Listener): string {
  return "reason" in urlMap ? by.address : urlMap.address;
}

interface Journey {
  readonly model: EdgeModel;
  readonly request: EdgeRequest;
  readonly flow: HeaderFlow;
  readonly asked: Oracle;
  readonly listener: Listener;
  readonly map: UrlMap;
  readonly unknowns: readonly Unknown[];
}

function routeOn(journey: Journey): End {
  const { request, flow, asked, listener, map, model } = journey;
  normalise(flow, listener.by, asked);
  const host = firstValue(request.headers, "host") ?? "";
  const path = paths(request.target, asked);
  const found = route(map, host, path.matched);
  const unknowns = [...journey.unknowns, ...found.unknowns];
  const ambiguous = portInHost(host, map.by);
  if (ambiguous !== undefined)
    return { outcome: "unknown", matchedBy: found.matchedBy, unknowns: [...unknowns, ambiguous] };
  const { destination } = found;
  if (destination.kind === "unknown")
    return { outcome: "unknown", matchedBy: found.matchedBy, unknowns: [...unknowns, destination] };
  if (destination.kind === "redirect")
    return { outcome: "redirect", answer: redirect(destination, request, host), matchedBy: found.matchedBy, unknowns };
  const backend = model.backends.get(destination.address);
  if (backend === undefined)
    return {
      outcome: "unknown",
      matchedBy: found.matchedBy,
      unknowns: [...unknowns, { kind: "unknown", reason: "refers to no readable backend service", by: destination.by }],
    };
  return forwardTo(journey, found, backend, path.forwarded, [...unknowns, ...backend.unknowns]);
}

function forwardTo(
  journey: Journey,
  found: Routed,
  backend: Backend,
  target: string,
  unknowns: readonly Unknown[],
): End {
  const { request, flow, asked, listener } = journey;
  const upgrade = isUpgrade(request);
  applyUrlMapActions(flow, found.levels, request, asked);
  applyBackendHeaders(flow, backend, request, asked);
  applyProxy(flow, request, upgrade, listener.by, asked);
  const reached = { backend: backend.address, matchedBy: found.matchedBy };
  if ("reason" in backend.service) return { outcome: "unknown", ...reached, unknowns: [...unknowns, backend.service] };
  const service: RunService = backend.service;
  const all = [...unknowns, ...service.unknowns];
  const answered = (upgrade ? protocolAnswer(backend, asked) : undefined) ?? runAnswer(flow, service, upgrade);
  if (answered !== undefined)
    return {
      outcome: "answered-by-edge",
      ...reached,
      service: service.address,
      answer: answered,
      unknowns: all,
    };
  applyRunFront(flow, request, service.by);
  const actions = responseActions(found.levels, backend, request);
  const applied = !upgrade || actions.length === 0 || asked.assume("actions-on-101") === "applied";
  return {
    outcome: "backend",
    ...reached,
    service: service.address,
    // H12: on the global scheme every name arrives in lower case, those that the edge wrote too.
    forward: {
      target,
      headers: flow.lines.map(([name, value]) => [name.toLowerCase(), value]),
      responseActions: applied ? actions : [],
    },
    unknowns: all,
  };
}

function redirect(
  destination: Extract<Destination, { kind: "redirect" }>,
  request: EdgeRequest,
  host: string,
): EdgeAnswer {
  const scheme = destination.https ? "https" : request.scheme;
  const target = destination.stripQuery ? request.target.replace(/\?.*$/, "") : request.target;
  const location = `${scheme}://${host}${target}`;
  return {
    status: destination.status,
    headers: [["location", location]],
    body: "",
    by: { ...destination.by, effect: `redirects with ${destination.status}`, fact: "U21" },
  };
}

/** How a port in `Host` takes part in matching is not documented in full (fact H24). */
function portInHost(host: string, by: Provenance): Unknown | undefined {
  return /:\d+$/.test(host)
    ? {
        kind: "unknown",
        reason: "the request's Host names a port, and how that takes part in matching is not documented (H24)",
        by,
      }
    : undefined;
}

/** Certificate name against host: exact, or one label for a leading `*.` (RFC 6125 §6.4.3). */
function coversHost(name: string, host: string): boolean {
  const bare = host.replace(/:\d+$/, "");
  return name === bare || (name.startsWith("*.") && bare.split(".").slice(1).join(".") === name.slice(2));
}
