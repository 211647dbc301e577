import { hostIn } from "../../../contract/contract.ts";
import type { Client } from "../../../contract/contract.ts";
import type { Provenance } from "../../facts/provenance.ts";
import type { Backend, RunService } from "../../model/edge-model.ts";
import { hostRuleFor } from "../../model/host-index.ts";
import type { PathMatcher, Route, RouteMatch, RouteRule, UrlMap } from "../../model/url-map.ts";
import type { Subject } from "./define-rule.ts";
import { mapsOf, openings, placesIn } from "./ways.ts";

/** A way that a WebSocket handshake may take through a URL map. */
export interface SocketWay {
  /** As the host rule writes it; undefined where the map's own default answers. */
  readonly host: string | undefined;
  /** A path form: `/ws`, `/ws/*`, or as a rule writes it. */
  readonly path: string;
  readonly map: UrlMap;
  readonly matcher: PathMatcher | undefined;
  /** The path rule, the route rule or the default that sends it on. */
  readonly route: Route;
  /** Of a route rule: the alternative that holds for the path. */
  readonly match: RouteMatch | undefined;
  /** Who opens it; undefined where no contract says so. */
  readonly clients: readonly Client[] | undefined;
  /** Service of the contract that is to answer. */
  readonly service: string | undefined;
  /** Longest life that the contract declares, in milliseconds. */
  readonly lifetimeMs: number | undefined;
  /** Where the path is written, else where the default is. */
  readonly by: Provenance;
}

/** Where sockets arrive, and by which ways. */
export interface Reached<Item> {
  readonly item: Item;
  readonly ways: readonly SocketWay[];
}

/** A name in a path that says that sockets are opened there. */
const WHOLE = /^(wss?|web-?sockets?|sockets?|socket\.io|engine\.io|sockjs|cable|signalr)$/i;
/** As a word of a longer name, such as `chat-ws`. */
const WORD = /(^|[-_])(wss?|websockets?)([-_]|$)/i;

/** Whether a path, a path form or a pattern names a place where sockets are opened: `/ws`, `/v1/ws/*`, `/chat-ws`. */
export function isSocketPath(form: string): boolean {
  return form.split(/[^\w.-]+/).some((name) => WHOLE.test(name) || WORD.test(name));
}

/** Whether a host is one for sockets alone: `ws.example.com`. */
export function isSocketHost(host: string): boolean {
  return WHOLE.test(host.split(".")[0]!);
}

const WAYS = new WeakMap<Subject, readonly SocketWay[]>();

/**
 * Every way that a handshake may take: of the routes with `protocol: websocket` where there is a contract, else of the
 * paths and hosts whose names say so. What cannot be read is left out: a name that is not known says nothing.
 */
export function socketWays(subject: Subject): readonly SocketWay[] {
  const known = WAYS.get(subject);
  if (known !== undefined) return known;
  const ways = subject.declared === undefined ? waysByName(subject) : waysByContract(subject, subject.declared);
  WAYS.set(subject, ways);
  return ways;
}

function waysByName({ edges }: Subject): SocketWay[] {
  return mapsOf(edges).flatMap((map) =>
    placesIn(map).flatMap(({ host, matcher, forms }) => {
      // A matcher that serves other hosts as well is not one for sockets alone.
      const isWhole = map.hosts.every((rule) => rule.matcher !== matcher || isSocketHost(rule.host));
      const paths = isWhole ? ["/*"] : forms.filter(isSocketPath);
      return paths.flatMap((path) =>
        openings(matcher, path).map((opening) => ({
          ...opening,
          host,
          path,
          map,
          matcher,
          clients: undefined,
          service: undefined,
          lifetimeMs: undefined,
        })),
      );
    }),
  );
}

function waysByContract({ edges }: Subject, declared: NonNullable<Subject["declared"]>): SocketWay[] {
  const { contract, environment } = declared;
  const maps = mapsOf(edges);
  const routes = contract.routes.filter(({ protocol }) => protocol === "websocket");
  return routes.flatMap((route) => {
    const host = hostIn(route, environment);
    const naming = maps.filter((map) => hostRuleFor(map.index, host) !== undefined);
    return (naming.length > 0 ? naming : maps).flatMap((map) => {
      const rule = hostRuleFor(map.index, host);
      if (rule !== undefined && "reason" in rule.matcher) return [];
      const matcher = rule?.matcher as PathMatcher | undefined;
      return route.paths.flatMap((path) =>
        openings(matcher ?? map, path).map((opening) => ({
          ...opening,
          host: rule?.host,
          path,
          map,
          matcher,
          clients: route.clients,
          service: route.service,
          lifetimeMs: route.lifetimeMs,
        })),
      );
    });
  });
}

/** Backend services and buckets that handshakes are sent to; every one of a weighted choice. */
export function socketBackends(subject: Subject): Reached<Backend>[] {
  const all = new Map(subject.edges.flatMap(({ backends }) => [...backends]));
  return reached(
    socketWays(subject).flatMap((way) =>
      addressesOf(way.route).flatMap((address) => {
        const backend = all.get(address);
        return backend === undefined ? [] : [{ item: backend, way }];
      }),
    ),
    ({ address }) => address,
  );
}

/**
 * Cloud Run services that handshakes are sent to, but for those that a URL mask may find. With a contract also those that
 * it declares for a socket and that no way leads to: then without ways.
 */
export function socketServices(subject: Subject): Reached<RunService>[] {
  const through = socketBackends(subject).flatMap(({ item, ways }) =>
    item.groups.flatMap((group) => (group.kind === "run" ? ways.map((way) => ({ item: group.service, way })) : [])),
  );
  const found = reached(through, ({ address }) => address);
  const rest = declaredServices(subject).filter(({ address }) => found.every(({ item }) => item.address !== address));
  return [...found, ...rest.map((item) => ({ item, ways: [] }))];
}

function declaredServices({ edges, declared }: Subject): RunService[] {
  if (declared === undefined) return [];
  const { routes, services } = declared.contract;
  const ids = new Set(routes.filter(({ protocol }) => protocol === "websocket").map(({ service }) => service));
  const addresses = new Set([...ids].flatMap((id) => services[id]?.address ?? []));
  const all = new Map(edges.flatMap((edge) => edge.services.map((service) => [service.address, service] as const)));
  return [...all.values()].filter(
    ({ address, label }) => addresses.has(address) || (label !== undefined && ids.has(label)),
  );
}

/** Backends that a route may send to. */
export function addressesOf({ destination }: Route): string[] {
  if (destination.kind === "backend") return [destination.address];
  if (destination.kind !== "weighted") return [];
  return destination.choices.flatMap((choice) =>
    choice.destination.kind === "backend" ? [choice.destination.address] : [],
  );
}

/** Whether a route is a rule with a priority. */
export function isRouteRule(route: Route): route is RouteRule {
  return "kind" in route && route.kind === "route-rule";
}

function reached<Item>(
  pairs: readonly { readonly item: Item; readonly way: SocketWay }[],
  keyOf: (item: Item) => string,
): Reached<Item>[] {
  const found = new Map<string, { item: Item; ways: SocketWay[] }>();
  for (const { item, way } of pairs) {
    const own = found.get(keyOf(item)) ?? { item, ways: [] };
    if (!own.ways.includes(way)) own.ways.push(way);
    found.set(keyOf(item), own);
  }
  return [...found.values()];
}
