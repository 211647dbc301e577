import type { EdgeModel, Listener } from "./edge-model.ts";
import { namesHost } from "./host-index.ts";
import { placeInCertificate } from "./stage-front.ts";

/** The listeners of a model by what tells them apart, so that no request has to ask each of them. */
export interface ListenerIndex {
  readonly byScheme: ReadonlyMap<Listener["scheme"], SchemeListeners>;
  /** All listeners, of either scheme, whose URL map has a rule that names the host (lower case), other than `*`. */
  readonly ruledFor: (host: string) => ReadonlySet<Listener>;
  /** All listeners with a certificate that names the host (lower case). */
  readonly certifiedFor: (host: string) => ReadonlySet<Listener>;
  /** All listeners at the address of any of these; one without an address is at nobody's. */
  readonly besides: (listeners: ReadonlySet<Listener>) => ReadonlySet<Listener>;
}

export interface SchemeListeners {
  readonly all: readonly Listener[];
  /** Position of each in `all`. */
  readonly order: ReadonlyMap<Listener, number>;
  readonly byMap: ReadonlyMap<string, readonly Listener[]>;
  /** Those of which it cannot be read what map they serve. */
  readonly unread: readonly Listener[];
}

const INDEXES = new WeakMap<EdgeModel["listeners"], ListenerIndex>();

/** Built once for each list of listeners, at its first request. */
export function listenerIndex({ listeners }: EdgeModel): ListenerIndex {
  const index = INDEXES.get(listeners) ?? buildIndex(listeners);
  INDEXES.set(listeners, index);
  return index;
}

/** What stands for a listener's URL map; one that cannot be read is like no other. */
export function mapAddress({ urlMap, by }: Listener): string {
  return "reason" in urlMap ? by.address : urlMap.address;
}

function buildIndex(listeners: readonly Listener[]): ListenerIndex {
  const byRule = grouped(listeners, hostsRuled);
  const byName = grouped(listeners, ({ certificateNames }) => certificateNames);
  const byAddress = grouped(listeners, addressOf);
  const byScheme = [...grouped(listeners, ({ scheme }) => [scheme])].map(
    ([scheme, all]) => [scheme, schemeListeners(all)] as const,
  );
  return {
    byScheme: new Map(byScheme),
    ruledFor: (host) => amongOf(byRule, host, ({ urlMap }) => !("reason" in urlMap) && namesHost(urlMap.index, host)),
    certifiedFor: (host) => amongOf(byName, host, (each) => placeInCertificate(each, host) !== undefined),
    besides: (near) => new Set([...near].flatMap((each) => addressOf(each).flatMap((at) => byAddress.get(at) ?? []))),
  };
}

function schemeListeners(all: readonly Listener[]): SchemeListeners {
  const byMap = grouped(all, (each) => [mapAddress(each)]);
  const order = new Map(all.map((each, position) => [each, position]));
  return { all, order, byMap, unread: all.filter(({ urlMap }) => "reason" in urlMap) };
}

function addressOf({ ipAddress }: Listener): string[] {
  return ipAddress === undefined ? [] : [ipAddress];
}

function hostsRuled({ urlMap }: Listener): string[] {
  if ("reason" in urlMap) return [];
  const { exact, wildcard } = urlMap.index;
  return [...exact.keys(), ...[...wildcard.keys()].map((end) => `*${end}`)];
}

/** Of the listeners that stand under a key that may mean the host, those that do. */
function amongOf(
  index: ReadonlyMap<string, readonly Listener[]>,
  host: string,
  isMeant: (listener: Listener) => boolean,
): ReadonlySet<Listener> {
  return new Set(keysFor(host).flatMap((key) => index.get(key)?.filter(isMeant) ?? []));
}

/** Every name and wildcard that may cover a host, with its port and without. `*` alone names no host. */
function keysFor(host: string): string[] {
  return [...new Set([host, host.replace(/:\d*$/, "")])].flatMap((name) => [
    name,
    ...[...name.matchAll(/[.-]/g)].map(({ index }) => `*${name.slice(index)}`),
  ]);
}

/** Each item under each of its keys, once, in the order of the items. */
function grouped<Key>(listeners: readonly Listener[], keysOf: (listener: Listener) => readonly Key[]) {
  const groups = new Map<Key, Listener[]>();
  for (const listener of listeners) {
    for (const key of new Set(keysOf(listener))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [listener]);
      else group.push(listener);
    }
  }
  return groups;
}
