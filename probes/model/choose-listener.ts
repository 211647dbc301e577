import type { Unknown } from "../facts/provenance.ts";
import type { EdgeRequest } from "../facts/trace.ts";
import type { EdgeModel, Listener } from "./edge-model.ts";
import type { End } from "./journey.ts";
import { namesHost as ruleNamesHost } from "./host-index.ts";
import { hostOf, placeInCertificate } from "./stage-front.ts";

/** The listener that a request comes in by; `alike`: all that serve the same URL map, as for IPv4 and IPv6. */
export type Entrance =
  | { readonly listener: Listener; readonly alike: readonly Listener[]; readonly notes: readonly string[] }
  | { readonly end: End };

/**
 * Listeners of the request's scheme. Where several serve different URL maps, the address that a client connects to
 * decides, which no request tells: the one that is there for the host is taken for it, by its map's rules, else by its
 * certificates. Plain HTTP at the address of such a listener is there for the same host.
 */
export function listenerFor(model: EdgeModel, request: EdgeRequest): Entrance {
  const listeners = model.listeners.filter(({ scheme }) => scheme === request.scheme);
  const [first] = listeners;
  if (first === undefined) return { end: { outcome: "no-listener", unknowns: model.unseenListeners } };
  const host = hostOf(request).toLowerCase();
  const naming = thereFor(host, listeners, model.listeners);
  const [listener = first] = naming;
  const same = (each: Listener): boolean => mapAddress(each) === mapAddress(listener);
  const rivals = listeners.filter((each) => !same(each));
  // Whichever it is, no certificate of any covers the host: the handshake fails.
  if (naming.length === 0 && listeners.every((each) => refusesHost(each, host)))
    return { listener: first, alike: [first], notes: rivals.map((rival) => passedBy(rival, request)) };
  const isOpen = rivals.some((each) => "reason" in each.urlMap || naming.length === 0 || naming.includes(each));
  if (isOpen) return { end: { outcome: "unknown", unknowns: rivals.map(severalMaps) } };
  return { listener, alike: listeners.filter(same), notes: rivals.map((rival) => passedBy(rival, request)) };
}

/**
 * Of these listeners, those that are there for the host: by their map's rules, and of these by their certificates. Only
 * where neither tells, the address does, if a listener that is there for the host shares it.
 */
function thereFor(host: string, listeners: readonly Listener[], all: readonly Listener[]): readonly Listener[] {
  const byRule = (each: Listener): boolean => namesHost(each, host);
  const byCertificate = (each: Listener): boolean => placeInCertificate(each, host) !== undefined;
  const own = narrowed(listeners, [byRule, byCertificate]);
  if (own.length > 0) return own;
  const beside =
    (evidence: (each: Listener) => boolean) =>
    ({ ipAddress }: Listener): boolean =>
      ipAddress !== undefined && all.some((other) => other.ipAddress === ipAddress && evidence(other));
  return narrowed(listeners, [beside(byRule), beside(byCertificate)]);
}

/** Each kind of evidence narrows what the one before left; none where no kind speaks for any. */
function narrowed(
  listeners: readonly Listener[],
  kinds: readonly ((each: Listener) => boolean)[],
): readonly Listener[] {
  const left = kinds.reduce((candidates, evidence) => {
    const better = candidates.filter(evidence);
    return better.length > 0 ? better : candidates;
  }, listeners);
  return kinds.some((evidence) => left.some(evidence)) ? left : [];
}

/** Whether every certificate of a listener is read, and none names the host. */
function refusesHost(listener: Listener, host: string): boolean {
  const { scheme, certificates, unreadCertificates, unknowns } = listener;
  if (scheme !== "https" || unreadCertificates.length > 0 || unknowns.length > 0) return false;
  return certificates.length > 0 && placeInCertificate(listener, host) === undefined;
}

function severalMaps({ scheme, by, urlMap }: Listener): Unknown {
  const reason = `serves ${scheme} with another URL map than the first ${scheme} listener`;
  return {
    kind: "unknown",
    reason: "reason" in urlMap ? `${reason}, one that cannot be read: it ${urlMap.reason}` : reason,
    by,
  };
}

function passedBy({ by, scheme }: Listener, request: EdgeRequest): string {
  return `${by.address} serves ${scheme} with another URL map, which is not there for ${hostOf(request)}: not who connects to it`;
}

function mapAddress({ urlMap, by }: Listener): string {
  return "reason" in urlMap ? by.address : urlMap.address;
}

function namesHost({ urlMap }: Listener, host: string): boolean {
  return !("reason" in urlMap) && ruleNamesHost(urlMap.index, host);
}
