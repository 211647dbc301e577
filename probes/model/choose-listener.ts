import type { Unknown } from "../facts/provenance.ts";
import type { EdgeRequest } from "../facts/trace.ts";
import type { EdgeModel, Listener } from "./edge-model.ts";
import type { End } from "./journey.ts";
import { listenerIndex, mapAddress } from "./listener-index.ts";
import type { ListenerIndex, SchemeListeners } from "./listener-index.ts";
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
  const index = listenerIndex(model);
  const listeners = index.byScheme.get(request.scheme);
  const first = listeners?.all[0];
  if (listeners === undefined || first === undefined)
    return { end: { outcome: "no-listener", unknowns: model.unseenListeners } };
  const host = hostOf(request).toLowerCase();
  const naming = thereFor(host, listeners, index);
  const [listener = first] = naming;
  const isRival = (each: Listener): boolean => mapAddress(each) !== mapAddress(listener);
  const alike = listeners.byMap.get(mapAddress(listener)) ?? [];
  const notes = passedBy(listeners.all, alike, request);
  // Whichever it is, no certificate of any covers the host: the handshake fails.
  if (naming.length === 0 && listeners.all.every((each) => refusesHost(each, host)))
    return { listener: first, alike: [first], notes };
  const undecided = naming.length === 0 ? listeners.all : [...naming, ...listeners.unread];
  if (undecided.some(isRival))
    return { end: { outcome: "unknown", unknowns: listeners.all.filter(isRival).map(severalMaps) } };
  return { listener, alike, notes };
}

/**
 * Of these listeners, those that are there for the host: by their map's rules, and of these by their certificates. Only
 * where neither tells, the address does, if a listener that is there for the host shares it.
 */
function thereFor(host: string, listeners: SchemeListeners, index: ListenerIndex): readonly Listener[] {
  const kinds = [index.ruledFor(host), index.certifiedFor(host)];
  const own = narrowed(listeners, kinds);
  return own.length > 0 ? own : narrowed(listeners, kinds.map(index.besides));
}

/** Each kind of evidence narrows what the one before left; none where no kind speaks for any. */
function narrowed({ order }: SchemeListeners, kinds: readonly ReadonlySet<Listener>[]): readonly Listener[] {
  const candidates = [...new Set(kinds.flatMap((kind) => [...kind]))]
    .filter((each) => order.has(each))
    .sort((a, b) => order.get(a)! - order.get(b)!);
  return kinds.reduce((left, kind) => {
    const better = left.filter((each) => kind.has(each));
    return better.length > 0 ? better : left;
  }, candidates);
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

/** More listeners than this that are passed by are counted, not named: nobody reads a thousand of them. */
const MAX_NAMED = 10;

function passedBy(all: readonly Listener[], alike: readonly Listener[], request: EdgeRequest): string[] {
  const host = hostOf(request);
  const rivals = all.length - alike.length;
  const named = firstOf(all, (each) => !alike.includes(each), Math.min(rivals, MAX_NAMED));
  const notes = named.map(
    ({ by, scheme }) =>
      `${by.address} serves ${scheme} with another URL map, which is not there for ${host}: not who connects to it`,
  );
  return rivals > MAX_NAMED ? [...notes, `and ${rivals - MAX_NAMED} more listeners like it`] : notes;
}

/** The first so many that are meant, without a look at those behind them. */
function firstOf<Item>(items: readonly Item[], isMeant: (item: Item) => boolean, count: number): Item[] {
  const found: Item[] = [];
  for (let at = 0; found.length < count && at < items.length; at += 1) if (isMeant(items[at]!)) found.push(items[at]!);
  return found;
}
