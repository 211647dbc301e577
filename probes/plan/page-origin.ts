import type { Contract, Environment, Route } from "../../contract/contract.ts";
import { hostIn } from "../../contract/contract.ts";

/** Key of the service that serves the pages, where a contract declares one. */
const FRONTEND = "frontend";

/**
 * Host of the page that a browser's requests on a route come from: a host on which the service `frontend` answers alone,
 * else any host of it, else the route's own.
 */
export function pageHost(contract: Contract, environment: Environment, route: Route): string {
  const hosts = contract.routes.filter(({ service }) => service === FRONTEND).map((each) => hostIn(each, environment));
  const isAlone = (host: string): boolean =>
    contract.routes.every((each) => hostIn(each, environment) !== host || each.service === FRONTEND);
  return hosts.find(isAlone) ?? hosts[0] ?? hostIn(route, environment);
}
