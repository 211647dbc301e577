/** The line of TypeScript that made a construct. */
export interface ConstructSource {
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

/** A place in a configuration: resource, attribute path inside it, and where that stands in a file. */
export interface Provenance {
  /** Terraform address: `google_compute_url_map.main`. */
  readonly address: string;
  /** Attribute path: `path_matcher[0].route_rules[1].header_action.request_headers_to_add[0]`. */
  readonly attribute: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** JSON pointer (RFC 6901), for what was read from JSON. */
  readonly pointer?: string;
  readonly construct?: ConstructSource;
}

/** Where on its way through the edge something happens to a request, in the order in which it passes. A closed set. */
export type Stage =
  | "client"
  | "front"
  | "edge"
  | "route"
  | "armor"
  | "iap"
  | "url-map"
  | "backend"
  | "proxy"
  | "neg"
  | "run-ingress"
  | "run-front"
  | "container";

/** A place, and what it did to the thing in question. */
export interface Act extends Provenance {
  /** What happened there, in words: `removes`, `replaces the client's value`, `sends the route here`. */
  readonly effect: string;
  /** Fact id of the behaviour: `U2`. */
  readonly fact?: string;
  /** Left out by reports of earlier versions; the model always says it. */
  readonly stage?: Stage;
}

/** What the model says of a request: each act with its stage. */
export interface StagedAct extends Act {
  readonly stage: Stage;
}

/** Something that cannot be told from the configuration or from the documented facts. */
export interface Unknown {
  readonly kind: "unknown";
  readonly reason: string;
  /** The expression that cannot be evaluated, as it is written. */
  readonly expression?: string;
  /** What of an answer it leaves open; left out: all of it. */
  readonly affects?: Affects;
  /** With `affects: "headers"`: the one header, in lower case; left out: any of them. */
  readonly header?: string;
  /** With `header`: it may be taken away, so that one which is not there stays away. */
  readonly mayRemove?: true;
  readonly by: Provenance;
}

/**
 * What an unknown leaves open. `request`: where the request goes, and so everything after. `refusal`: whether it is let
 * through; destination and headers hold if it is. `headers`: which headers arrive; the destination stands. `nothing` of
 * this answer: it is said, and changes nothing.
 */
export type Affects = "request" | "refusal" | "headers" | "nothing";

/** Something that Terraform or Google refuses; an answer that is given all the same takes it by its documented meaning. */
export interface Problem {
  readonly reason: string;
  /** What finds it: `terraform validate`, or Google when it is applied. */
  readonly found: "validate" | "apply";
  readonly fact?: string;
  /** A name that nothing declares: the value that it stands for is an unknown of its own. */
  readonly undeclared?: true;
  readonly by: Provenance;
}
