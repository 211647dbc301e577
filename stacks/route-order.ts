import type { Contract, Environment, HeaderIntent, Route } from "../contract/contract.ts";
import { hostIn } from "../contract/contract.ts";
import { isHopByHop } from "../http/hop-by-hop.ts";
import { moreSpecific, pathForm } from "../contract/paths.ts";
import { ContractError } from "../contract/problem.ts";

/** The routes of one host, in the order in which they must be matched, and where everything else goes. */
export interface HostRoutes {
  readonly host: string;
  readonly routes: readonly Route[];
  /** The route that declares the host's catch-all path. */
  readonly fallback: Route;
}

/**
 * Contract → hosts with ordered routes: where two overlap, the most specific path is matched first, whatever the
 * order in the file.
 * @throws ContractError for a host without a `/*` route and for routes that overlap both ways.
 */
export function routesByHost(contract: Contract, environment: Environment): HostRoutes[] {
  const hosts = [...new Set(contract.routes.map((route) => hostIn(route, environment)))];
  return hosts.map((host) => {
    const routes = inMatchOrder(contract.routes.filter((route) => hostIn(route, environment) === host));
    const fallback = routes.find((route) => route.paths.includes("/*"));
    if (fallback === undefined) {
      throw refuse(routes[0]!, `host ${host} has no route for /*: the URL map must know where every other path goes`);
    }
    return { host, routes, fallback };
  });
}

/** Names of declared headers that no route lets through: removed once, for every request. */
export function forbiddenNames(contract: Contract): string[] {
  const used = usedHeaders(contract);
  const allowed = new Set(used.filter(({ arrives }) => arrives.kind !== "never").map(({ name }) => name.toLowerCase()));
  return unique(
    used
      .filter(({ arrives, name }) => arrives.kind === "never" && !allowed.has(name.toLowerCase()) && isRemovable(name))
      .map(({ name }) => name),
  );
}

/** Headers of one route that the edge has to write. */
export function writtenHeaders(contract: Contract, route: Route): { name: string; value: string }[] {
  return headersOf(contract, route).flatMap((header) => {
    if (header.arrives.kind !== "set") return [];
    if (header.value === undefined) {
      throw new ContractError([
        {
          at: header.at,
          path: `headers.${header.id}`,
          message: "needs `value`: what the generated edge writes for arrives: { set: … }",
        },
      ]);
    }
    return [{ name: header.name, value: header.value }];
  });
}

/** Headers that this route forbids and another lets through: removed by the route's own rule. */
export function removedHere(contract: Contract, route: Route): string[] {
  const everywhere = new Set(forbiddenNames(contract));
  return headersOf(contract, route).flatMap(({ arrives, name }) =>
    arrives.kind === "never" && !everywhere.has(name) && isRemovable(name) ? [name] : [],
  );
}

function inMatchOrder(routes: readonly Route[]): Route[] {
  const left = [...routes];
  const ordered: Route[] = [];
  while (left.length > 0) {
    const next = left.findIndex((candidate) =>
      left.every((other) => other === candidate || !mustPrecede(other, candidate)),
    );
    if (next === -1)
      throw refuse(left[0]!, "overlaps with another route of this host both ways; split its paths over two routes");
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}

function mustPrecede(first: Route, second: Route): boolean {
  return first.paths.some((a) => second.paths.some((b) => moreSpecific(pathForm(a), pathForm(b))));
}

function refuse(route: Route, message: string): ContractError {
  return new ContractError([{ at: route.at, path: `routes (${route.id})`, message }]);
}

function headersOf(contract: Contract, route: Route): HeaderIntent[] {
  return route.headers.map((id) => contract.headers[id]!);
}

function usedHeaders(contract: Contract): HeaderIntent[] {
  return unique(contract.routes.flatMap((route) => route.headers)).map((id) => contract.headers[id]!);
}

function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}

/** Whether the API takes the removal of a reserved name is documented nowhere (facts U8, Q2): none is asked for. */
function isRemovable(name: string): boolean {
  return !/^(host|:.*|x-goog-.*|x-google.*|x-gfe.*|x-amz-.*|x-user-ip|cdn-loop)$/i.test(name) && !isHopByHop(name);
}
