import { firstValue } from "../../http/header-list.ts";
import type { Provenance, StagedAct, Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer, EdgeRequest, Trace } from "../facts/trace.ts";
import { oracle } from "./assumptions.ts";
import type { Assumptions, Oracle } from "./assumptions.ts";
import type { Destination, EdgeModel, Listener } from "./edge-model.ts";
import { HeaderFlow } from "./flow.ts";
import { forwardTo } from "./forward.ts";
import type { End, Journey } from "./forward.ts";
import { normalise, paths, placeInCertificate, refusal } from "./stage-front.ts";
import { route } from "./stage-route.ts";

/**
 * What the edge does with one request: where it goes, which headers arrive, and which lines decided it. Pure. The
 * stages run in the documented order: front, route, security policy, URL-map headers, backend headers, proxy, Cloud Run.
 */
export function traceRequest(model: EdgeModel, request: EdgeRequest, assumptions: Assumptions = {}): Trace {
  const asked = oracle(assumptions);
  const flow = new HeaderFlow(request.headers);
  const end = travel(model, request, flow, asked);
  // Whatever may change the request and cannot be told makes the answer one that cannot be told.
  const outcome = end.unknowns.length > 0 ? "unknown" : end.outcome;
  return { notes: [], ...end, outcome, steps: flow.steps, headers: flow.traced(), dependsOn: [...asked.asked] };
}

function travel(model: EdgeModel, request: EdgeRequest, flow: HeaderFlow, asked: Oracle): End {
  const listeners = model.listeners.filter(({ scheme }) => scheme === request.scheme);
  const [listener, ...others] = listeners;
  if (listener === undefined) return { outcome: "no-listener", unknowns: model.unknowns };
  const rival = others.find((other) => mapAddress(other) !== mapAddress(listener));
  if (rival !== undefined) return { outcome: "unknown", unknowns: [...model.unknowns, severalMaps(rival)] };
  flow.step(front(listener.by, `takes the request: ${listener.scheme}, port ${listener.port}`));
  const uncovered = request.scheme === "https" ? uncoveredBy(listeners, request) : undefined;
  if (uncovered !== undefined) return uncovered;
  const named = placeInCertificate(listener, requestHost(request));
  if (named !== undefined) flow.step(front(named, "is the certificate's name that covers the host", "M66"));
  // Which of the rules a client connects to, a request does not tell either.
  const unknowns = [...model.unknowns, ...listeners.flatMap((each) => each.unknowns)];
  if ("reason" in listener.urlMap) return { outcome: "unknown", unknowns: [...unknowns, listener.urlMap] };
  const refused = refusal(request, listener.by, asked);
  if (refused !== undefined) return { outcome: "rejected-by-edge", answer: refused, matchedBy: refused.by, unknowns };
  return routeOn({ model, request, flow, asked, listener, map: listener.urlMap, unknowns });
}

/** The end of a request whose host some listener has no certificate for. */
function uncoveredBy(listeners: readonly Listener[], request: EdgeRequest): End | undefined {
  const host = requestHost(request);
  const uncovers = (each: Listener): boolean => placeInCertificate(each, host) === undefined;
  const listener = host === "" ? undefined : listeners.find(uncovers);
  if (listener === undefined) return undefined;
  if (listener.unreadCertificates.length > 0) return { outcome: "unknown", unknowns: listener.unreadCertificates };
  return {
    outcome: "tls-error",
    matchedBy: front(listener.by, `has no certificate for ${host}`, "M66"),
    unknowns: listener.unknowns,
  };
}

function requestHost({ headers }: EdgeRequest): string {
  return (firstValue(headers, "host") ?? "").toLowerCase();
}

function front(by: Provenance, effect: string, fact?: string): StagedAct {
  return { ...by, effect, ...(fact !== undefined && { fact }), stage: "front" };
}

/** Which of two maps a client meets depends on the address it connects to, which a request does not tell. */
function severalMaps({ scheme, by }: Listener): Unknown {
  return { kind: "unknown", reason: `serves ${scheme} with another URL map than the first ${scheme} listener`, by };
}

function mapAddress({ urlMap, by }: Listener): string {
  return "reason" in urlMap ? by.address : urlMap.address;
}

function routeOn(journey: Journey): End {
  const { request, flow, asked, listener, map, model } = journey;
  normalise(flow, listener.by, asked);
  const host = firstValue(request.headers, "host") ?? "";
  const path = paths(request.target, asked);
  const found = route(map, host, path.matched);
  flow.steps.push(...found.steps);
  const unknowns = [...journey.unknowns, ...found.unknowns];
  const ambiguous = portInHost(host, map.by);
  if (ambiguous !== undefined)
    return { outcome: "unknown", matchedBy: found.matchedBy, unknowns: [...unknowns, ambiguous] };
  flow.step(found.matchedBy);
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
  return forwardTo({ ...journey, unknowns }, found, backend, path.forwarded);
}

function redirect(
  destination: Extract<Destination, { kind: "redirect" }>,
  request: EdgeRequest,
  host: string,
): EdgeAnswer {
  const scheme = destination.https ? "https" : request.scheme;
  const target = destination.stripQuery ? request.target.replace(/\?.*$/, "") : request.target;
  const location = `${scheme}://${destination.host ?? host}${target}`;
  return {
    status: destination.status,
    headers: [["location", location]],
    body: "",
    by: {
      ...destination.by,
      effect: `redirects with ${destination.status}`,
      fact: "U21",
      stage: destination.https && request.scheme === "http" ? "edge" : "route",
    },
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
