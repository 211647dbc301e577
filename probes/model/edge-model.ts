import type { Provenance, Unknown } from "../facts/provenance.ts";
import type { Condition } from "./armor-expression.ts";

/**
 * Kinds of Application Load Balancer, told by scheme and scope: `EXTERNAL_MANAGED` (global or regional), `EXTERNAL`
 * (classic), `INTERNAL_MANAGED`.
 */
export type Product = "global" | "classic" | "regional" | "internal";

/** A header that a configuration writes; a part of `value` that cannot be known stands as a placeholder. */
export interface WrittenHeader {
  readonly name: string;
  readonly value: string;
  /** Undefined where the configuration does not say. */
  readonly replace?: boolean;
  readonly by: Provenance;
}

export interface RemovedHeader {
  readonly name: string;
  readonly by: Provenance;
}

/** Header actions of one level of a URL map (fact U1). */
export interface HeaderActions {
  readonly level: "route-rule" | "path-matcher" | "url-map";
  readonly remove: readonly RemovedHeader[];
  readonly add: readonly WrittenHeader[];
  readonly removeFromResponse: readonly RemovedHeader[];
  readonly addToResponse: readonly WrittenHeader[];
  /** Where the level's actions stand, or would stand. */
  readonly by: Provenance;
}

export type Destination =
  | { readonly kind: "backend"; readonly address: string; readonly by: Provenance }
  | {
      readonly kind: "redirect";
      /** Host of the new URL; undefined: the request's own. */
      readonly host?: string;
      readonly https: boolean;
      readonly stripQuery: boolean;
      readonly status: number;
      readonly by: Provenance;
    }
  | Unknown;

/** One alternative of a route rule; all that is given must hold. */
export interface PathMatch {
  readonly kind: "exact" | "prefix";
  readonly path: string;
  readonly ignoreCase: boolean;
  readonly by: Provenance;
}

export interface RouteRule {
  readonly priority: number;
  readonly matches: readonly (PathMatch | Unknown)[];
  readonly actions: HeaderActions;
  readonly destination: Destination;
  readonly unknowns: readonly Unknown[];
  readonly by: Provenance;
}

export interface PathMatcher {
  readonly actions: HeaderActions;
  readonly destination: Destination;
  /** By ascending priority. */
  readonly rules: readonly RouteRule[];
  readonly unknowns: readonly Unknown[];
  readonly by: Provenance;
}

export interface HostRule {
  readonly host: string;
  readonly matcher: PathMatcher | Unknown;
  readonly by: Provenance;
}

export interface UrlMap {
  readonly address: string;
  readonly actions: HeaderActions;
  readonly destination: Destination;
  readonly hosts: readonly HostRule[];
  readonly unknowns: readonly Unknown[];
  readonly by: Provenance;
}

/** One rule of a security policy that acts; rules in preview are left out. */
export interface ArmorRule {
  readonly priority: number;
  readonly condition: Condition;
  readonly action: { readonly kind: "pass" } | { readonly kind: "deny"; readonly status: number } | Unknown;
  /** Headers added to what passes (fact V12). */
  readonly add: readonly WrittenHeader[];
  readonly by: Provenance;
}

/** A Cloud Armor policy of a backend service. */
export interface SecurityPolicy {
  readonly address: string;
  /** By ascending priority. */
  readonly rules: readonly ArmorRule[];
  readonly unknowns: readonly Unknown[];
  readonly by: Provenance;
}

/** Cloud CDN in front of a backend. */
export interface Cdn {
  /** Undefined where the mode leaves what is cached to the origin's answers; else why a cache may answer. */
  readonly mayAnswer: Unknown | undefined;
  /** Names of request headers that go past the cache. */
  readonly bypass: readonly string[];
  readonly unknowns: readonly Unknown[];
  readonly by: Provenance;
}

/** An entry of a Cloud Run service's `traffic`. */
export interface TrafficEntry {
  readonly tag: string | undefined;
  /** Undefined: the latest revision, which is the one that the template describes. */
  readonly revision: string | undefined;
  readonly percent: number;
  readonly by: Provenance;
}

/** The revisions that a backend's requests go to. */
export interface ServedRevisions {
  /** True when the template of this configuration is one of them. */
  readonly described: boolean;
  /** Names of those that were deployed earlier. */
  readonly earlier: readonly string[];
}

/** A Cloud Run service as the configuration describes it. */
export interface RunService {
  readonly address: string;
  readonly name: string | undefined;
  readonly label: string | undefined;
  /** The one edge that the service stands behind; undefined where it is not said. */
  readonly edge: string | undefined;
  /** Revision name of the template, where one is written. */
  readonly revision: string | undefined;
  /** Undefined where all traffic goes to the latest revision. */
  readonly traffic: readonly TrafficEntry[] | undefined;
  readonly h2c: { readonly value: boolean; readonly by: Provenance };
  /** Whether Cloud Run checks an IAM token itself (fact R10). */
  readonly iamCheck: { readonly value: boolean; readonly by: Provenance };
  readonly unknowns: readonly Unknown[];
  readonly by: Provenance;
}

export interface Backend {
  readonly address: string;
  readonly requestHeaders: readonly WrittenHeader[];
  readonly responseHeaders: readonly WrittenHeader[];
  /** Protocol toward the backend, as written; HTTP when it is not. */
  readonly protocol: { readonly value: string; readonly by: Provenance };
  readonly policy: SecurityPolicy | undefined;
  readonly cdn: Cdn | undefined;
  readonly service: RunService | Unknown;
  readonly revisions: ServedRevisions;
  /** What is served from here and not described here. */
  readonly notes: readonly string[];
  readonly unknowns: readonly Unknown[];
  readonly by: Provenance;
}

/** A certificate, or several, that a listener picks for a name. */
export interface CertificateChoice {
  /** Undefined: for every name that no other choice is for. */
  readonly hostname: string | undefined;
  readonly names: readonly string[];
  /** Where each of the names stands. */
  readonly places: readonly Provenance[];
}

export interface Listener {
  /** Edge that the forwarding rule is labelled with. */
  readonly edge: string | undefined;
  readonly scheme: "http" | "https";
  readonly port: number;
  readonly urlMap: UrlMap | Unknown;
  /** Names that the listener's certificates cover; empty for plain HTTP. */
  readonly certificateNames: readonly string[];
  readonly certificates: readonly CertificateChoice[];
  /** Certificates whose names cannot be read: they matter for hosts that no readable one names. */
  readonly unreadCertificates: readonly Unknown[];
  readonly unknowns: readonly Unknown[];
  readonly by: Provenance;
}

/** One edge: everything between a client's socket and a container. Plain data. */
export interface EdgeModel {
  readonly name: string;
  /** Label of its forwarding rules; undefined where they have none. */
  readonly edge: string | undefined;
  readonly digest: string;
  readonly listeners: readonly Listener[];
  readonly backends: ReadonlyMap<string, Backend>;
  readonly services: readonly RunService[];
  /** Things in the configuration that may change any request and that the facts do not settle. */
  readonly unknowns: readonly Unknown[];
}
