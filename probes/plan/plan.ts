import type { Client, Contract, Environment, Protocol, Route } from "../../contract/contract.ts";
import { hostIn } from "../../contract/contract.ts";
import { covers, moreSpecific, pathForm, triedPaths } from "../../contract/paths.ts";
import type { Case, PlannedHeader, SkippedHeader } from "../facts/case.ts";
import { cannotCarry } from "./client-abilities.ts";
import { pageHost } from "./page-origin.ts";
import { trialsOf } from "./trials.ts";

/** Stands in a path for the request's nonce. */
export const NONCE = "${nonce}";

/**
 * Contract → every case of one environment: route × path form × tried path × protocol × client, and the route's trials
 * behind them. One case carries all headers its client can send. Pure: no value is drawn, no configuration is seen.
 */
export function planCases(contract: Contract, environment: Environment): Case[] {
  return contract.routes.flatMap((route) => {
    const declared = declaredCases(contract, environment, route);
    return [...declared, ...trialsOf(contract, route, declared)];
  });
}

function declaredCases(contract: Contract, environment: Environment, route: Route): Case[] {
  return route.paths.flatMap((text, position) =>
    ownPaths(contract, environment, route, text).flatMap((path) =>
      protocolsOf(route).flatMap((protocol) =>
        clientsOf(contract, route, protocol).map((client) =>
          caseOf({ contract, environment, route, position, path, protocol, client }),
        ),
      ),
    ),
  );
}

/** Paths to try for a form; one that a more specific form of the same host owns belongs to that form (fact U12). */
function ownPaths(contract: Contract, environment: Environment, route: Route, text: string): string[] {
  const host = hostIn(route, environment);
  const forms = contract.routes
    .filter((other) => hostIn(other, environment) === host)
    .flatMap(({ paths }) => paths.map(pathForm));
  const own = pathForm(text);
  const isOwn = (path: string): boolean =>
    !forms.some((form) => moreSpecific(form, own) && covers(form, { text: path, kind: "exact", match: path }));
  return triedPaths(own, NONCE).filter(isOwn);
}

/** A WebSocket route is tried as an upgrade and as a plain request: the pair tells an upgrade fault from a route fault. */
function protocolsOf(route: Route): Protocol[] {
  return route.protocol === "websocket" ? ["websocket", "http"] : ["http"];
}

/** The declared clients, and the native one where only it can try something: an attacker is not bound to `clients`. */
function clientsOf(contract: Contract, route: Route, protocol: Protocol): Client[] {
  if (route.clients.includes("native")) return [...route.clients];
  const needsNative = headersOf(contract, route).some((header) => onlyForNative(header, protocol));
  return needsNative ? [...route.clients, "native"] : [...route.clients];
}

function onlyForNative(header: PlannedHeader, protocol: Protocol): boolean {
  return header.arrives.kind === "never" || cannotCarry("browser", protocol, header.name) !== undefined;
}

interface CaseParts {
  readonly contract: Contract;
  readonly environment: Environment;
  readonly route: Route;
  readonly position: number;
  readonly path: string;
  readonly protocol: Protocol;
  readonly client: Client;
}

function caseOf({ contract, environment, route, position, path, protocol, client }: CaseParts): Case {
  const declared = headersOf(contract, route).filter(
    (header) => route.clients.includes(client) || onlyForNative(header, protocol),
  );
  const host = hostIn(route, environment);
  const page = pageHost(contract, environment, route);
  const skipped = declared.flatMap((header): SkippedHeader[] => {
    const reason = cannotCarry(client, protocol, header.name, { page, host, domain: environment.domain });
    return reason === undefined ? [] : [{ header, reason }];
  });
  const headers = declared.filter((header) => !skipped.some((skip) => skip.header === header));
  const answer =
    protocol === "websocket"
      ? headers.map(({ id }) => contract.headers[id]?.answer).find((name) => name !== undefined)
      : undefined;
  return {
    id: [environment.id, host, path, protocol, client].join(" "),
    env: environment.id,
    route: route.id,
    routeAt: route.at,
    host,
    form: route.paths[position]!,
    formAt: route.pathsAt[position]!,
    path,
    protocol,
    client,
    service: route.service,
    headers,
    skipped,
    ...(answer !== undefined && { answer }),
    ...(client === "browser" && { page }),
  };
}

function headersOf(contract: Contract, route: Route): PlannedHeader[] {
  return route.headers.map((id) => {
    const { name, arrives, arrivesAt, send } = contract.headers[id]!;
    return { id, name, arrives, declaredAt: arrivesAt, ...(send !== undefined && { send }) };
  });
}
