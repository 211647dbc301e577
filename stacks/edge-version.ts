import type { Contract, Environment, Service } from "../contract/contract.ts";
import { hostIn, own, serviceIn } from "../contract/contract.ts";
import { pathForm } from "../contract/paths.ts";
import { carriesToken } from "../contract/template.ts";
import { sameName } from "../http/header-list.ts";
import type { EdgeSecurityPolicyProps } from "./constructs/edge-security-policy.ts";

/** A contract in one of its environments. */
export interface Declared {
  readonly contract: Contract;
  readonly environment: Environment;
}

/** What one edge is built from: the contract as it is, or as it was when its generations went live. */
export interface EdgeVersion extends Declared {
  /** Service → generation that this edge sends requests to. */
  readonly generations: Readonly<Record<string, string>>;
  /** Value of the stamp header in every answer of this edge. */
  readonly stamp: string;
}

/** Everything that an environment holds at one time. */
export interface Versions {
  /** The contract as it stands. */
  readonly current: Declared;
  /** What the public edge is built from; undefined before the first promotion. */
  readonly live: EdgeVersion | undefined;
  /** What still holds open sockets. */
  readonly kept: readonly EdgeVersion[];
}

/** All of them, the newest first. */
export function allOf({ current, live, kept }: Versions): Declared[] {
  return [current, ...(live === undefined ? [] : [live]), ...kept];
}

/** The service as this version runs it. */
export function serviceOf({ contract, environment }: Declared, id: string): Service {
  return serviceIn(own(contract.services, id)!, environment);
}

/** What Cloud Armor must know of a version: where its sockets are, headers with credentials, limits. */
export function armorOf(version: Declared): Omit<EdgeSecurityPolicyProps, "name" | "description"> {
  const { contract } = version;
  return {
    waf: contract.edge.waf,
    rateLimit: contract.edge.rateLimit,
    socketPaths: socketPathsOf(version),
    credentials: credentialNames(contract),
  };
}

function socketPathsOf({ contract, environment }: Declared): EdgeSecurityPolicyProps["socketPaths"] {
  const routes = contract.routes.filter(({ protocol }) => protocol === "websocket");
  const hosts = [...new Set(routes.map((route) => hostIn(route, environment)))];
  return hosts.map((host) => {
    const own = routes.filter((route) => hostIn(route, environment) === host);
    const forms = own.flatMap(({ paths }) => paths.map(pathForm));
    const paths = (kind: "exact" | "prefix"): string[] => [
      ...new Set(forms.filter((form) => form.kind === kind).map(({ match }) => match)),
    ];
    return { host, exact: paths("exact"), prefixes: paths("prefix") };
  });
}

/**
 * Each name once, in whatever case: several headers may be declared under one name. Sorted: contracts that differ in the
 * order of their headers alone make the same infrastructure.
 */
function credentialNames({ headers }: Contract): string[] {
  const names = Object.values(headers)
    .filter(({ send }) => carriesToken(send))
    .map(({ name }) => name)
    .sort();
  return names.filter((name, index) => names.findIndex((each) => sameName(each, name)) === index);
}
