import type { Problem, Provenance, Unknown } from "../facts/provenance.ts";
import type { PartialText } from "./partial-text.ts";
import type { Expression } from "./re2.ts";

/**
 * A header that a configuration writes; a part of `value` that cannot be known stands as a placeholder. `replace`: true
 * sets, false appends, `open`: which of the two is not documented (facts U4, U5); undefined where it is not asked.
 */
export interface WrittenHeader {
  readonly name: string;
  readonly value: string;
  readonly replace?: boolean | "open";
  readonly by: Provenance;
}

export interface RemovedHeader {
  readonly name: string;
  readonly by: Provenance;
}

/** Header actions of one level of a URL map (fact U1). */
export interface HeaderActions {
  readonly level: "weighted-backend-service" | "route-rule" | "path-matcher" | "url-map";
  readonly remove: readonly RemovedHeader[];
  readonly add: readonly WrittenHeader[];
  readonly removeFromResponse: readonly RemovedHeader[];
  readonly addToResponse: readonly WrittenHeader[];
  /** Where the level's actions stand, or would stand. */
  readonly by: Provenance;
}

/** A redirect; what is left out stays as the request has it. */
export interface Redirect {
  readonly kind: "redirect";
  readonly host?: string;
  readonly https: boolean;
  readonly stripQuery: boolean;
  /** The whole path. */
  readonly path?: string;
  /** In place of the part of the path that the rule matched. */
  readonly prefix?: string;
  readonly status: number;
  readonly by: Provenance;
}

export interface ToBackend {
  readonly kind: "backend";
  /** Backend service or bucket. */
  readonly address: string;
  readonly by: Provenance;
}

/** One of several backends among which chance chooses (fact U20). */
export interface WeightedChoice {
  /** 1 where it cannot be read. */
  readonly weight: number;
  /** Why it cannot be read. */
  readonly unweighed: Unknown | undefined;
  readonly destination: ToBackend | Unknown;
  readonly actions: HeaderActions;
  /** What matters only where this one is chosen. */
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
}

export type Destination =
  | ToBackend
  | { readonly kind: "weighted"; readonly choices: readonly WeightedChoice[]; readonly by: Provenance }
  | Redirect
  | Unknown;

/** What the edge writes anew in a request before it sends it on (facts H4c, U22). */
export interface Rewrite {
  readonly host?: string;
  readonly prefix?: string;
  readonly template?: string;
  readonly by: Provenance;
}

/** Answers or delays that were asked for; shares in percent. */
export interface Fault {
  readonly abort?: { readonly status: number; readonly percent: number };
  readonly delay?: { readonly ms: number; readonly percent: number };
  readonly by: Provenance;
}

/** What is answered to a preflight (fact U23); a WebSocket handshake never meets it. */
export interface Cors {
  readonly origins: readonly string[];
  readonly originPatterns: readonly Expression[];
  /** What cannot be read of it: for an origin that nothing readable allows, a preflight is then open. */
  readonly unread: readonly Unknown[];
  /** Why it may be switched off: for every origin a preflight is then open. */
  readonly switch: readonly Unknown[];
  /** Response headers besides the one that names the origin. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly by: Provenance;
}

/** What a route does besides choosing a destination. */
export interface RoutePolicy {
  readonly rewrite?: Rewrite;
  readonly timeout?: { readonly ms: number; readonly by: Provenance };
  readonly fault?: Fault;
  readonly cors?: Cors;
  readonly retries?: Provenance;
  readonly mirror?: Provenance;
}

/** Where requests go, by a rule or by default. */
export interface Route {
  readonly destination: Destination;
  readonly policy: RoutePolicy;
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
  readonly by: Provenance;
}

export type PathPredicate =
  /** A text of which a part cannot be known, as the beginning of a path or as the whole of it. */
  | {
      readonly kind: "partial";
      readonly of: "exact" | "prefix";
      readonly text: PartialText;
      readonly ignoreCase: boolean;
      readonly by: Provenance;
    }
  | { readonly kind: "exact" | "prefix"; readonly path: string; readonly ignoreCase: boolean; readonly by: Provenance }
  | { readonly kind: "template"; readonly path: string; readonly pattern: RegExp; readonly by: Provenance }
  | {
      readonly kind: "regex";
      readonly path: string;
      readonly pattern: Expression | undefined;
      readonly by: Provenance;
    };

/** How a text is held against a value; `present` asks for the header or parameter alone. */
export type TextPredicate =
  | { readonly kind: "partial"; readonly of: "exact" | "prefix" | "suffix"; readonly text: PartialText }
  | { readonly kind: "exact" | "prefix" | "suffix"; readonly text: string }
  | { readonly kind: "present" }
  | { readonly kind: "range"; readonly from: number; readonly below: number }
  | { readonly kind: "regex"; readonly pattern: Expression | undefined };

/** A predicate on a header, or on a query parameter. */
export interface NamedPredicate {
  readonly name: string;
  readonly predicate: TextPredicate;
  readonly inverted: boolean;
  readonly by: Provenance;
}

/** One alternative of a route rule; all that is given must hold (fact U13). */
export interface RouteMatch {
  readonly path: PathPredicate | undefined;
  readonly headers: readonly NamedPredicate[];
  readonly query: readonly NamedPredicate[];
  /** Predicates that cannot be read: where all others hold, it cannot be told whether this one matches. */
  readonly open: readonly Unknown[];
  readonly by: Provenance;
}

export interface RouteRule extends Route {
  readonly kind: "route-rule";
  /** Undefined where it cannot be read: the rule may then come before any other. */
  readonly priority: number | undefined;
  /** Why it cannot be read. */
  readonly unplaced: Unknown | undefined;
  readonly matches: readonly (RouteMatch | Unknown)[];
  readonly actions: HeaderActions;
}

/** A rule of a path matcher without priorities (fact U12). */
export interface PathRule extends Route {
  readonly kind: "path-rule";
}

/** A path of a rule, as it is written. */
export interface PathEntry {
  readonly rule: PathRule;
  /** `/ws`, or what stands before the `*` of `/ws/*`. */
  readonly path: string;
  readonly isPrefix: boolean;
  readonly by: Provenance;
}

/** A rule, and one of its paths that cannot be read in full. */
export interface UnreadRule {
  readonly rule: PathRule;
  readonly text: PartialText;
}

/** Paths of a matcher for lookup, so that many rules cost no more than few. */
export interface PathIndex {
  readonly exact: ReadonlyMap<string, PathEntry>;
  /** By the folder with its final slash. */
  readonly prefix: ReadonlyMap<string, PathEntry>;
  /** Entries after the first for one path, by the path as it is written. */
  readonly repeated: ReadonlyMap<string, readonly PathEntry[]>;
  /** Rules with a path that cannot be read. */
  readonly unread: readonly UnreadRule[];
}

export interface PathMatcher {
  /** Where requests go that no rule matches. */
  readonly fallback: Route;
  readonly actions: HeaderActions;
  /** By ascending priority. */
  readonly rules: readonly RouteRule[];
  /** Where its rules match by an expression, which not every balancer does (fact U14). */
  readonly expressions: readonly Provenance[];
  readonly paths: PathIndex;
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
  readonly by: Provenance;
}

export interface HostRule {
  /** As it is written, in lower case; it may name a port. */
  readonly host: string;
  readonly matcher: PathMatcher | Unknown;
  readonly by: Provenance;
}

/** Host rules for lookup by name, so that many of them cost no more than few. */
export interface HostIndex {
  readonly exact: ReadonlyMap<string, HostRule>;
  /** By what stands behind the `*`. */
  readonly wildcard: ReadonlyMap<string, HostRule>;
  /** Rules after the first for one host, by the host as it is written. */
  readonly repeated: ReadonlyMap<string, readonly HostRule[]>;
  /** Rules for a host that cannot be read. */
  readonly unread: readonly UnreadHost[];
}

/** A rule for a host that cannot be read in full. */
export interface UnreadHost {
  readonly rule: HostRule;
  readonly text: PartialText;
}

export interface UrlMap {
  readonly address: string;
  /** Where requests go whose host no rule names. */
  readonly fallback: Route;
  readonly actions: HeaderActions;
  readonly hosts: readonly HostRule[];
  readonly index: HostIndex;
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
  readonly by: Provenance;
}
