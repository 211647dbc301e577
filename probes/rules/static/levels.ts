import type { ArrivesKind } from "../../../contract/contract.ts";
import type { Provenance, Unknown } from "../../facts/provenance.ts";
import type { Backend, WrittenProduct } from "../../model/edge-model.ts";
import { productsBehind } from "../../model/products-behind.ts";
import type { HeaderActions, Route, UrlMap } from "../../model/url-map.ts";
import type { Subject } from "./define-rule.ts";
import { headerActs } from "./reading.ts";
import { addressesOf, isRouteRule } from "./sockets.ts";
import { mapsOf, matchersOf, routesOf } from "./ways.ts";

/** A level of a URL map with its header actions, and what comes by it. */
export interface Level {
  readonly map: UrlMap;
  readonly actions: HeaderActions;
  /** Levels within it, whose actions run before its own (fact U2). */
  readonly narrower: readonly HeaderActions[];
  /** Backends that requests are sent to which meet it. */
  readonly backends: readonly string[];
}

/** What one line of a level does to a header. */
export interface LevelAct {
  readonly kind: "remove" | "add";
  readonly direction: "request" | "response";
  readonly name: string;
  /** Of an `add`. */
  readonly value: string;
  readonly replace: boolean | "open";
  readonly level: Level;
  readonly by: Provenance;
}

/** Every level of a map: the map, its path matchers, their route rules, and weighted services wherever they stand. */
export function levelsIn(map: UrlMap): Level[] {
  const weighted = (route: Route): Level[] =>
    route.destination.kind !== "weighted"
      ? []
      : route.destination.choices.map(({ actions, destination }) => ({
          map,
          actions,
          narrower: [],
          backends: destination.kind === "backend" ? [destination.address] : [],
        }));
  const level = (actions: HeaderActions, routes: readonly Route[], inner: readonly Level[]): Level => ({
    map,
    actions,
    narrower: inner.map((each) => each.actions),
    backends: [...new Set(routes.flatMap(addressesOf))],
  });
  const inMatchers = matchersOf(map).map((matcher) => {
    const rules = matcher.rules.flatMap((rule) => [level(rule.actions, [rule], weighted(rule)), ...weighted(rule)]);
    const others = routesOf(matcher).filter((route) => !matcher.rules.some((rule) => rule === route));
    const inner = [...rules, ...others.flatMap(weighted)];
    return { routes: routesOf(matcher), all: [level(matcher.actions, routesOf(matcher), inner), ...inner] };
  });
  const inner = [...inMatchers.flatMap(({ all }) => all), ...weighted(map.fallback)];
  const routes = [map.fallback, ...inMatchers.flatMap((each) => each.routes)];
  return [level(map.actions, routes, inner), ...inner];
}

const ACTS = new WeakMap<Subject, readonly LevelAct[]>();

/** What every level of every map removes and writes, as far as it can be read. */
export function levelActs(subject: Subject): readonly LevelAct[] {
  const known = ACTS.get(subject);
  if (known !== undefined) return known;
  const acts = mapsOf(subject.edges).flatMap(levelsIn).flatMap(actsIn);
  ACTS.set(subject, acts);
  return acts;
}

export function actsIn(level: Level): LevelAct[] {
  const { remove, add, removeFromResponse, addToResponse } = level.actions;
  const removed = [
    ...remove.map((each) => ({ ...each, direction: "request" as const })),
    ...removeFromResponse.map((each) => ({ ...each, direction: "response" as const })),
  ];
  const added = [
    ...add.map((each) => ({ ...each, direction: "request" as const })),
    ...addToResponse.map((each) => ({ ...each, direction: "response" as const })),
  ];
  return [
    ...removed.map((each) => ({ ...each, kind: "remove" as const, value: "", replace: false, level })),
    ...added.map((each) => ({ ...each, kind: "add" as const, replace: each.replace ?? true, level })),
  ];
}

/** Header actions that cannot be read: they may act on any header. */
export function unreadActs({ graph }: Subject): Unknown[] {
  return headerActs(graph).filter((act): act is Unknown => act.kind === "unknown");
}

/** How the contract wants a header to arrive, wherever it declares it. */
export function declaredArrivals({ declared }: Subject, name: string): ArrivesKind[] {
  const intents = Object.values(declared?.contract.headers ?? {});
  return intents.filter((intent) => isSame(intent.name, name)).map(({ arrives }) => arrives.kind);
}

/** Whether the contract, wherever it declares the header, wants it to arrive in one of these ways. */
export function isWanted(subject: Subject, name: string, kinds: readonly ArrivesKind[]): boolean {
  const arrivals = declaredArrivals(subject, name);
  return arrivals.length > 0 && arrivals.every((kind) => kinds.includes(kind));
}

/** Header names have no case. */
export function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

const BACKENDS = new WeakMap<Subject, ReadonlyMap<string, Backend>>();

export function backendsOf(subject: Subject): ReadonlyMap<string, Backend> {
  const known = BACKENDS.get(subject);
  if (known !== undefined) return known;
  const all = new Map(subject.edges.flatMap(({ backends }) => [...backends]));
  BACKENDS.set(subject, all);
  return all;
}

/** Whether what meets the level comes to something that users authenticate to: no bucket, and nobody else's server. */
export function servesUsers({ backends }: Level, subject: Subject): boolean {
  const all = backendsOf(subject);
  return backends.length === 0 || backends.some((address) => isOwn(all.get(address)));
}

/** Whether a backend service may lead to something that its owner's users authenticate to. */
export function isOwn(backend: Backend | undefined): boolean {
  if (backend === undefined) return true;
  const foreign = /^(an internet NEG|a bucket)/;
  return !backend.groups.every((group) => group.kind === "elsewhere" && foreign.test(group.reason));
}

/** The balancers that a map may be part of: those of its backends, and of its listeners. */
export function productsOf(subject: Subject, map: UrlMap): readonly WrittenProduct[] {
  const known = PRODUCTS.get(map);
  if (known?.subject === subject) return known.products;
  const products = productsIn(subject, map);
  PRODUCTS.set(map, { subject, products });
  return products;
}

const PRODUCTS = new WeakMap<UrlMap, { readonly subject: Subject; readonly products: readonly WrittenProduct[] }>();

function productsIn({ graph, edges }: Subject, map: UrlMap): WrittenProduct[] {
  const resource = graph.resources.get(map.address);
  const behind = edges.flatMap(({ backends }) => (resource === undefined ? [] : productsBehind(resource, backends)));
  const listening = edges.flatMap(({ listeners }) =>
    listeners.flatMap(({ urlMap, product, implied }) =>
      implied || "reason" in urlMap || urlMap.address !== map.address || "kind" in product ? [] : [product],
    ),
  );
  return [...new Map([...behind, ...listening].map((each) => [each.value, each])).values()];
}

/** A way through a map to one backend, with every level that its requests meet, narrow to broad. */
export interface Passage {
  readonly map: UrlMap;
  readonly route: Route;
  readonly address: string;
  readonly levels: readonly HeaderActions[];
  readonly by: Provenance;
}

/** Every way through a map to a backend. */
export function passagesIn(map: UrlMap): Passage[] {
  const inMatchers = matchersOf(map).flatMap((matcher) =>
    routesOf(matcher).flatMap((route) =>
      passagesOf(map, route, [...(isRouteRule(route) ? [route.actions] : []), matcher.actions, map.actions]),
    ),
  );
  return [...inMatchers, ...passagesOf(map, map.fallback, [map.actions])];
}

function passagesOf(map: UrlMap, route: Route, levels: readonly HeaderActions[]): Passage[] {
  const { destination } = route;
  if (destination.kind === "backend") return [{ map, route, address: destination.address, levels, by: destination.by }];
  if (destination.kind !== "weighted") return [];
  return destination.choices.flatMap(({ actions, destination: chosen }) =>
    chosen.kind === "backend"
      ? [{ map, route, address: chosen.address, levels: [actions, ...levels], by: chosen.by }]
      : [],
  );
}

/** Whether a client's own value of a request header reaches the backend on this way, as far as can be read. */
export function letsPass({ levels, address }: Passage, name: string, subject: Subject): boolean {
  const written = [
    ...levels.flatMap(({ remove, add }) => [...remove, ...add.filter(({ replace }) => replace !== false)]),
    ...(backendsOf(subject).get(address)?.requestHeaders ?? []),
  ];
  return !written.some((each) => isSame(each.name, name));
}
