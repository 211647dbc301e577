import type { HeaderIntent, Route, Service } from "../../../contract/contract.ts";
import type { RunService } from "../../model/edge-model.ts";
import type { Subject } from "./define-rule.ts";

/** A service as the contract declares it, with its routes. */
export interface DeclaredService {
  readonly service: Service;
  readonly routes: readonly Route[];
}

/** The declared service that a configured one is: by its address, else by its label, else by its name. */
export function declaredAs({ declared }: Subject, { address, label, name }: RunService): DeclaredService | undefined {
  if (declared === undefined) return undefined;
  const { services, routes } = declared.contract;
  const all = Object.values(services);
  const service =
    all.find((each) => each.address === address) ??
    all.find((each) => each.address === undefined && each.id === label) ??
    all.find((each) => each.address === undefined && label === undefined && each.id === name);
  return service === undefined
    ? undefined
    : { service, routes: routes.filter((route) => route.service === service.id) };
}

/** The headers that the routes of a service carry, each once. */
export function headersOf({ declared }: Subject, { routes }: DeclaredService): HeaderIntent[] {
  const ids = new Set(routes.flatMap(({ headers }) => headers));
  return [...ids].flatMap((id) => declared?.contract.headers[id] ?? []);
}
