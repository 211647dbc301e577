import type { Unknown } from "../facts/provenance.ts";
import type { EdgeRequest } from "../facts/trace.ts";
import type { EdgeModel, Listener } from "./edge-model.ts";
import type { End } from "./journey.ts";
import { namesHost as ruleNamesHost } from "./host-index.ts";
import { hostOf } from "./stage-front.ts";

/** The listener that a request comes in by; `alike`: all that serve the same URL map, as for IPv4 and IPv6. */
export type Entrance =
  | { readonly listener: Listener; readonly alike: readonly Listener[]; readonly notes: readonly string[] }
  | { readonly end: End };

/**
 * Listeners of the request's scheme. Where several serve different URL maps, the address that a client connects to
 * decides, which no request tells: the one map that names the host is taken for it.
 */
export function listenerFor(model: EdgeModel, request: EdgeRequest): Entrance {
  const listeners = model.listeners.filter(({ scheme }) => scheme === request.scheme);
  const [first] = listeners;
  if (first === undefined) return { end: { outcome: "no-listener", unknowns: model.unseenListeners } };
  const host = hostOf(request).toLowerCase();
  const naming = listeners.filter((each) => namesHost(each, host));
  const [listener = first] = naming;
  const same = (each: Listener): boolean => mapAddress(each) === mapAddress(listener);
  const rivals = listeners.filter((each) => !same(each));
  const isOpen = rivals.some((each) => "reason" in each.urlMap || naming.length === 0 || naming.includes(each));
  if (isOpen) return { end: { outcome: "unknown", unknowns: rivals.map(severalMaps) } };
  return { listener, alike: listeners.filter(same), notes: rivals.map((rival) => passedBy(rival, request)) };
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
  return `${by.address} serves ${scheme} with another URL map, which does not name ${hostOf(request)}: not who connects to it`;
}

function mapAddress({ urlMap, by }: Listener): string {
  return "reason" in urlMap ? by.address : urlMap.address;
}

function namesHost({ urlMap }: Listener, host: string): boolean {
  return !("reason" in urlMap) && ruleNamesHost(urlMap.index, host);
}
