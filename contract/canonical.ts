import { createHash } from "node:crypto";
import type { Contract, EdgeSettings, Environment, HeaderIntent, Route, Service } from "./contract.ts";
import { serviceIn } from "./contract.ts";

type Placeless<Part> = Omit<Part, "at" | "arrivesAt" | "pathsAt">;

/**
 * What one environment is built from, and nothing else: no places, no comments, no waivers, budgets or flows, nothing of
 * another environment, and nothing that holds for the deploy alone. Two contracts with the same canonical form make the same infrastructure.
 */
export interface CanonicalContract {
  readonly name: string;
  readonly environment: Placeless<Omit<Environment, "services" | "receiptAgeMs">>;
  readonly headers: Readonly<Record<string, Placeless<HeaderIntent>>>;
  readonly services: Readonly<Record<string, Placeless<Service>>>;
  readonly edge: EdgeSettings;
  readonly routes: readonly Placeless<Omit<Route, "flow" | "priority">>[];
}

/** Contract and environment → canonical form, overrides applied. */
export function canonicalContract(contract: Contract, environment: Environment): CanonicalContract {
  const { services: _overrides, receiptAgeMs: _age, at: _at, ...place } = environment;
  const services = Object.entries(contract.services).map(([id, service]) => [
    id,
    withoutPlaces(serviceIn(service, environment)),
  ]);
  return {
    name: contract.name,
    environment: place,
    headers: Object.fromEntries(Object.entries(contract.headers).map(([id, header]) => [id, withoutPlaces(header)])),
    services: Object.fromEntries(services) as CanonicalContract["services"],
    edge: contract.edge,
    routes: contract.routes.map(({ flow: _flow, priority: _priority, ...route }) => withoutPlaces(route)),
  };
}

/**
 * The contract with headers and services by id, whatever their order in its file: lists are made from them, and two
 * contracts of one canonical form make one infrastructure.
 */
export function inCanonicalOrder(contract: Contract): Contract {
  return { ...contract, headers: byId(contract.headers), services: byId(contract.services) };
}

function byId<Part>(parts: Readonly<Record<string, Part>>): Record<string, Part> {
  return Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON with sorted keys: equal data gives equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? byId(inner as Record<string, unknown>)
      : inner,
  );
}

/** SHA-256 of the canonical JSON, hexadecimal. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

function withoutPlaces<Part extends object>(part: Part): Placeless<Part> {
  const places = ["at", "arrivesAt", "pathsAt"];
  return Object.fromEntries(Object.entries(part).filter(([key]) => !places.includes(key))) as Placeless<Part>;
}
