import type { Contract, Environment, Service } from "../contract/contract.ts";
import { serviceIn } from "../contract/contract.ts";
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
  return serviceIn(contract.services[id]!, environment);
}

/** What Cloud Armor must know of a version: paths of sockets, headers with credentials, limits. */
export function armorOf({ contract }: Declared): Omit<EdgeSecurityPolicyProps, "name" | "description"> {
  const forms = contract.routes
    .filter(({ protocol }) => protocol === "websocket")
    .flatMap(({ paths }) => paths.map(pathForm));
  const paths = (kind: "exact" | "prefix"): string[] => [
    ...new Set(forms.filter((form) => form.kind === kind).map(({ match }) => match)),
  ];
  return {
    waf: contract.edge.waf,
    rateLimit: contract.edge.rateLimit,
    socketPaths: { exact: paths("exact"), prefixes: paths("prefix") },
    credentials: credentialNames(contract),
  };
}

/** Each name once, in whatever case: several headers may be declared under one name. */
function credentialNames({ headers }: Contract): string[] {
  const names = Object.values(headers)
    .filter(({ send }) => carriesToken(send))
    .map(({ name }) => name);
  return names.filter((name, index) => names.findIndex((each) => sameName(each, name)) === index);
}
