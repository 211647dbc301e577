import type { RunService } from "../../../model/edge-model.ts";
import type { PathMatcher, UrlMap } from "../../../model/url-map.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Located, Subject } from "../define-rule.ts";
import { backendsOf } from "../levels.ts";
import { addressesOf, isSocketHost, isSocketPath, socketWays } from "../sockets.ts";
import type { SocketWay } from "../sockets.ts";
import { formsIn, mapsOf, matchersOf, openings, routesOf, takesAll } from "../ways.ts";

export const socketPathMissingOnHost = defineStaticRule({
  id: "socket-path-missing-on-host",
  title: "a host on which the path of a socket leads elsewhere",
  severity: "error",
  found: "run",
  because:
    "A rule on one host does nothing for another: there the handshake goes to the default backend, which answers it with a page.",
  fix: "Add the socket's paths to the path matcher of that host, and a `test` block for each.",
  sources: ["U11", "U12"],
  check: (subject) =>
    subject.declared === undefined ? mapsOf(subject.edges).flatMap(missedByName) : missedByContract(subject),
});

/** A handshake of the contract that no way leads to its service. */
function missedByContract(subject: Subject): Located[] {
  const groups = new Map<string, SocketWay[]>();
  for (const way of socketWays(subject)) {
    const key = JSON.stringify([way.map.address, way.host, way.path, way.service]);
    groups.set(key, [...(groups.get(key) ?? []), way]);
  }
  return [...groups.values()].flatMap((ways) => {
    const last = ways.at(-1)!;
    const reached = ways.map((way) => servicesBehind(way, subject));
    const isMissed = reached.every((services) => services?.every((service) => !isService(service, last, subject)));
    if (!isMissed || !isDescribed(last, subject)) return [];
    const target = addressesOf(last.route)[0] ?? "no backend";
    return [found(last.by, `a handshake for ${last.path} goes to ${target}, and not to service ${last.service}`)];
  });
}

/** Undefined where something else than a service of the configuration may answer, or nobody can tell what. */
function servicesBehind({ route }: SocketWay, subject: Subject): RunService[] | undefined {
  if (route.destination.kind === "redirect") return [];
  const groups = addressesOf(route).flatMap((address) => backendsOf(subject).get(address)?.groups ?? []);
  const services = groups.flatMap((group) => (group.kind === "run" ? [group.service] : []));
  return groups.length > 0 && services.length === groups.length ? services : undefined;
}

function isService({ label, address }: RunService, { service }: SocketWay, { declared }: Subject): boolean {
  const id = service ?? "";
  return label === id || declared?.contract.services[id]?.address === address;
}

/** Only a service that stands in this configuration can be missed in it. */
function isDescribed(way: SocketWay, subject: Subject): boolean {
  return subject.edges.some(({ services }) => services.some((service) => isService(service, way, subject)));
}

/** Hosts that serve the backend of a socket otherwise, or are named for sockets, and do not lead its path there. */
function missedByName(map: UrlMap): Located[] {
  const sockets = socketsIn(map);
  return matchersOf(map).flatMap((matcher) => {
    if (sockets.length === 0 || formsIn(matcher).some(isSocketPath)) return [];
    const hosts = map.hosts.filter((rule) => rule.matcher === matcher).map(({ host }) => host);
    const served = new Set(routesOf(matcher).flatMap(addressesOf));
    const missed = sockets.find(
      ({ form, addresses }) =>
        (hosts.some(isSocketHost) || addresses.some((address) => served.has(address))) &&
        !leads(matcher, form, addresses),
    );
    return missed === undefined ? [] : [missing(matcher, missed, hosts)];
  });
}

interface Socket {
  readonly form: string;
  readonly addresses: readonly string[];
}

/** What the rules of a map say of sockets, each once. */
function socketsIn(map: UrlMap): Socket[] {
  const sockets = matchersOf(map).flatMap((matcher) =>
    formsIn(matcher)
      .filter(isSocketPath)
      .flatMap((form) =>
        openings(matcher, form)
          .filter((opening) => !takesAll(opening, matcher) && addressesOf(opening.route).length > 0)
          .map(({ route }): Socket => ({ form, addresses: addressesOf(route) })),
      ),
  );
  return [...new Map(sockets.map((socket) => [[socket.form, ...socket.addresses].join(), socket])).values()];
}

function leads(matcher: PathMatcher, form: string, addresses: readonly string[]): boolean {
  return openings(matcher, form).some(({ route }) => addressesOf(route).some((address) => addresses.includes(address)));
}

function missing(matcher: PathMatcher, { form, addresses }: Socket, hosts: readonly string[]): Located {
  const target = addressesOf(matcher.fallback)[0] ?? "elsewhere";
  const on = hosts.join(" and ");
  const title = `${form} on ${on} goes to ${target}, and on another host to ${addresses.join(" or ")}`;
  return found(matcher.fallback.by, title, { severity: "warning" });
}
