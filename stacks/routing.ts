import { pathForm } from "../contract/paths.ts";
import type { Route } from "../contract/contract.ts";
import type { HeaderRoutingProps, RoutedHost, RoutedRule } from "./constructs/header-routing.ts";
import type { Declared } from "./edge-version.ts";
import { matcherName } from "./names.ts";
import { forbiddenNames, removedHere, routesByHost, writtenHeaders } from "./route-order.ts";
import type { HostRoutes } from "./route-order.ts";

/** Service → id of the backend service that answers for it on one edge. */
export type BackendOf = (service: string) => string;

/**
 * Contract → hosts, rules and header actions of a URL map.
 * @throws ContractError for a host without a catch-all and for routes that overlap both ways.
 */
export function routingOf(
  { contract, environment }: Declared,
  backendOf: BackendOf,
): Pick<HeaderRoutingProps, "hosts" | "redirectOthersTo" | "removeEverywhere"> {
  const hosts = routesByHost(contract, environment);
  const toRule = (route: Route): RoutedRule => {
    const forms = route.paths.map(pathForm);
    return {
      exact: forms.filter(({ kind }) => kind === "exact").map(({ match }) => match),
      prefixes: forms.filter(({ kind }) => kind === "prefix").map(({ match }) => match),
      backend: backendOf(route.service),
      set: writtenHeaders(contract, route),
      remove: removedHere(contract, route),
    };
  };
  return {
    hosts: hosts.map((host) => toRoutedHost(host, host.routes.map(toRule), backendOf)),
    redirectOthersTo: hosts[0]!.host,
    removeEverywhere: forbiddenNames(contract),
  };
}

function toRoutedHost(host: HostRoutes, rules: readonly RoutedRule[], backendOf: BackendOf): RoutedHost {
  const last = rules.at(-1)!;
  const lastIsPlain =
    host.routes.at(-1) === host.fallback &&
    host.fallback.paths.length === 1 &&
    last.set.length === 0 &&
    last.remove.length === 0;
  return {
    name: matcherName(host.host),
    host: host.host,
    // A catch-all without header actions needs no rule of its own: it is the path matcher's default.
    rules: lastIsPlain ? rules.slice(0, -1) : rules,
    defaultBackend: backendOf(host.fallback.service),
  };
}
